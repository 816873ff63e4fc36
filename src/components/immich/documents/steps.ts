import { reference } from '../../../config/private.ts';
import type { Context } from '../../contract/component.ts';
import { phases, type Step } from '../../contract/documents.ts';
import { dnsPhase } from '../../shared/chapters.ts';
import { secretNames, serverBackend, workload } from '../names.ts';
import type { ImmichSection } from '../section.ts';
import { administratorPhase } from './chapters.ts';
import { addresses, nodeAddressCommand } from './home.ts';

export const dnsPagePath = ({ settings }: Pick<Context<ImmichSection>, 'settings'>): string =>
  `clusters/${settings.cluster.name}/networking/dns/README.md`;

/** The steps after the bootstrap: DNS at home, the first administrator, and the proof. */
export function immichSteps(context: Context<ImmichSection>): Step[] {
  const { administrator } = context.section;
  return [
    nameAtHome(context),
    ...(administrator.done ? [] : [firstSignIn(context), closeSignUp(context)]),
    proof(context),
  ];
}

function nameAtHome(context: Context<ImmichSection>): Step {
  const { section } = context;
  return {
    phase: dnsPhase,
    title: 'The same name at home',
    minutes: 3,
    body: `At home \`${reference(section.host)}\` leads to the node instead of Cloudflare. [How on a UniFi Dream Machine](../${dnsPagePath(context)}); any
DNS server of the home network can do the same. The address is that of the node that runs the server:

\`\`\`sh
${nodeAddressCommand(section)}
\`\`\``,
    check: `at home, \`dig +short '${reference(section.host)}'\` prints that address and nothing else.`,
    again: true,
  };
}

function firstSignIn(context: Context<ImmichSection>): Step {
  return context.section.administrator.kind === 'oidc'
    ? ownerSignsIn(context.section)
    : administratorSignsIn(context.section);
}

function ownerSignsIn(section: ImmichSection): Step {
  const { namespace, administrator } = section;
  const email = administrator.kind === 'oidc' ? reference(administrator.email) : '';
  return {
    phase: administratorPhase,
    title: 'Way A: the owner signs in with OpenID Connect',
    minutes: 4,
    body: `The Job has made the account of \`${email}\` with a password that nobody knows:

\`\`\`sh
kubectl -n ${namespace} logs job/${workload(section, 'setup').name}
\`\`\`

From outside, open ${addresses(section).outside}, pass Access, and sign in with the button of your identity provider. It must send the
address above: by that the account is recognised and linked. Identity providers accept only https for the way back, so this
works from outside only. For the sign-in at home, give the account a password of its own:

\`\`\`sh
kubectl -n ${namespace} exec -it deployment/${workload(section, 'server').name} -c server -- immich-admin reset-admin-password
\`\`\``,
    check: `the log says \`IMMICH_SETUP: administrator created\`, the menu shows **Administration**, and under Account settings → OAuth you are linked.`,
  };
}

function administratorSignsIn(section: ImmichSection): Step {
  const { namespace } = section;
  return {
    phase: administratorPhase,
    title: 'Way B: sign in with the bootstrap account',
    minutes: 3,
    body: `The Job has made the account from the Secret \`${secretNames.administrator}\`:

\`\`\`sh
kubectl -n ${namespace} logs job/${workload(section, 'setup').name}
kubectl -n ${namespace} get secret ${secretNames.administrator} -o jsonpath='{.data.email}{"\\n"}' | base64 -d; echo
kubectl -n ${namespace} get secret ${secretNames.administrator} -o jsonpath='{.data.password}' | base64 -d; echo
\`\`\`

At home, open ${addresses(section).inside}, sign in with these two, and change the password at once (Account settings → Password).
Keep the new one in your password manager.`,
    check: 'the log says `IMMICH_SETUP: administrator created`, and the menu shows **Administration**.',
  };
}

function closeSignUp({ settings, section }: Context<ImmichSection>): Step {
  const { namespace, administrator } = section;
  const remove =
    administrator.kind === 'bootstrap'
      ? `\n\nThe Secret has done its work:\n\n\`\`\`sh\nkubectl -n ${namespace} delete secret ${secretNames.administrator}\n\`\`\``
      : '';
  return {
    phase: administratorPhase,
    title: 'Close the sign-up for good',
    minutes: 2,
    body: `In \`cluster.yaml\`:

\`\`\`yaml
immich:
  administrator:
    kind: ${administrator.kind}
    done: true
\`\`\`

\`\`\`sh
gatehouse configure
git add -A && git commit -m 'The first administrator is there' && git push origin HEAD:${settings.repository.branch}
\`\`\`

The Job goes away, and Immich is told to accept no first account any more, even on an empty database.${remove}`,
    check: `after a few minutes, \`kubectl -n ${namespace} get deployment ${workload(section, 'server').name} -o yaml | grep -A1 IMMICH_ALLOW_SETUP\` says \`"false"\`.`,
  };
}

function proof({ settings, section }: Context<ImmichSection>): Step {
  const { service, port } = serverBackend(section);
  const { inside, outside } = addresses(section);
  return {
    phase: phases.finish,
    title: 'From outside, from home, and from nowhere else',
    minutes: 4,
    body: `From outside (a phone's hotspot will do), Access asks who you are:

\`\`\`sh
curl -sS -o /dev/null -w '%{http_code} %{redirect_url}\\n' '${outside}/'
\`\`\`

At home, Immich answers without Cloudflare:

\`\`\`sh
curl -sS '${inside}/api/server/ping'
\`\`\`

From a pod that no policy names, nothing answers. This tests that the policies are enforced. The pod waits first, since a policy
controller needs a moment to learn of a new pod:

\`\`\`sh
kubectl -n default run nobody --rm -i --restart=Never --image=${section.images.server} --command -- \\
  sh -c 'sleep 5; curl -sS -m 5 http://${service}.${section.namespace}.svc.cluster.local:${port}/api/server/ping'
\`\`\`

\`gatehouse verify --from outside\`, \`gatehouse verify --from home\` and \`gatehouse verify --probe\` ask the same and more, each
where it belongs, and keep what they saw.`,
    check: `in this order: \`302\` and an address at \`cloudflareaccess.com\`; \`{"res":"pong"}\`; ${deniedAnswer(settings.cluster.network.policyEnforcer)}. If the last one prints \`{"res":"pong"}\`, policies are not enforced: stop, and fix that first.`,
    again: true,
  };
}

/**
 * What curl says in a pod whose connection a policy denies. kube-router rejects (`icmp-port-unreachable`, seen with
 * 2.1.0), so that curl ends at once; the others drop packets, so that it waits.
 */
function deniedAnswer(
  enforcer: Context<ImmichSection>['settings']['cluster']['network']['policyEnforcer'],
): string {
  return enforcer === 'kube-router'
    ? '`curl: (7)`, at once, since kube-router rejects what no policy allows'
    : '`curl: (28)` with `timed out`';
}
