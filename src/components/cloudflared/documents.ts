import { reference } from '../../config/private.ts';
import type { BuildContext } from '../contract/component.ts';
import type { ComponentDocuments, Decision, Hop, Step, Symptom } from '../contract/documents.ts';
import type { Requirement } from '../contract/requirements.ts';
import {
  cloudflareDomain,
  cloudflarePhase,
  hostTitle,
  loggingNote,
  outsideHops,
  outsidePath,
} from '../shared/chapters.ts';
import { writtenByHand } from './publicNames.ts';
import type { CloudflaredSection } from './section.ts';
import { credentialsSecret, metricsPort, namespace, self } from './self.ts';

type Tunnel = Requirement<'tunnel'>;

/** The chapters of the tunnel in the operator documents. */
export function cloudflaredDocuments(context: BuildContext<CloudflaredSection>): ComponentDocuments {
  const tunnels = context.provided('tunnel');
  return {
    prerequisites: [cloudflareDomain, 'a Cloudflare account with Zero Trust (the free plan will do)'],
    tools: ['cloudflared', 'dig'],
    decisions: [outwards],
    steps: [makeTunnel(context, tunnels)],
    notes: [logging],
    hops: [...tunnels.map((tunnel) => publicName(context, tunnel, tunnels)), tunnelHop],
    symptoms: [unreachable(context), forbidden],
    recovery: {
      needs: [
        `the credentials of the tunnel, in \`~/.cloudflared/${reference(context.section.tunnel)}.json\`, or the account at Cloudflare, which gives them again (see the table at the end)`,
      ],
      troubles: [lostCredentials(context)],
    },
  };
}

/** `cloudflared tunnel token --cred-file` writes them again for a tunnel that is there (cloudflared, cmd/cloudflared/tunnel/subcommands.go). */
function lostCredentials({ section }: BuildContext<CloudflaredSection>) {
  const id = reference(section.tunnel);
  return {
    cause: 'the credentials of the tunnel were on a computer that is lost too',
    look: `\`ls ~/.cloudflared\` has no \`${id}.json\``,
    fix: `the tunnel is at Cloudflare, and its credentials can be fetched again: \`cloudflared tunnel login\`, then \`cloudflared tunnel token --cred-file "$HOME/.cloudflared/${id}.json" '${id}'\``,
  };
}

const outwards: Decision = {
  title: 'A tunnel outwards instead of an open port',
  decided:
    'cloudflared connects to Cloudflare; no port of the router is forwarded, and its rules are in Git.',
  because: `An open port is found by scanners within the hour and leads past Access for whoever knows the address. The tunnel needs no open
port, and Cloudflare hands it only what Access let through. A tunnel can take its rules from a file or from the
dashboard; here they come from a file, so that what is published is reviewed like everything else. Each rule names a
host and demands Access's token once more; whatever fits none gets 404.`,
};

function makeTunnel(context: BuildContext<CloudflaredSection>, tunnels: readonly Tunnel[]): Step {
  const { settings, section } = context;
  const id = reference(section.tunnel);
  const byHand = writtenByHand(context);
  const names = byHand.length === 0 ? writtenNames : namesByHand(id, byHand);
  return {
    phase: cloudflarePhase,
    title: 'The tunnel, and its names in Cloudflare DNS',
    minutes: 4,
    body: `Sign in (a browser opens: choose the domain), and make the tunnel, if you have not done so to fill in \`cloudflared.tunnel\`:

\`\`\`sh
cloudflared tunnel login
cloudflared tunnel create ${settings.cluster.name}
\`\`\`

It prints the id of the tunnel and writes its credentials to \`~/.cloudflared/<id>.json\`. Put the id into the private values as
\`cloudflared.tunnel\` (then \`gatehouse configure\`, and \`gatehouse docs --local\` again); the file goes into a Secret below.

${names}`,
    check: `${byHand.length === 0 ? 'once external-dns runs, ' : ''}the DNS page of the domain shows ${tunnels.map(({ host }) => `\`${reference(host)}\``).join(', ')} as CNAME to \`${id}.cfargotunnel.com\`, proxied (orange cloud).`,
  };
}

/** What a user does where external-dns writes the names. It changes no record that it did not make. */
const writtenNames = `external-dns writes its names, as proxied CNAMEs to the tunnel, when it runs. If there is a record of such a name already, delete
it on the DNS page of the domain: external-dns leaves records that it did not make as they are, and an A or AAAA record with your
home's address would lead past Access and tell everybody where you live.`;

function namesByHand(id: string, tunnels: readonly Tunnel[]): string {
  return `Then the name in Cloudflare DNS, a proxied CNAME to the tunnel:

\`\`\`sh
${tunnels.map(({ host }) => `cloudflared tunnel route dns '${id}' '${reference(host)}'`).join('\n')}
\`\`\`

If there is a record of that name already, the command refuses: delete an A or AAAA record with your home's address, it would
lead past Access and tells everybody where you live.`;
}

function publicName(
  context: BuildContext<CloudflaredSection>,
  tunnel: Tunnel,
  tunnels: readonly Tunnel[],
): Hop {
  const name = reference(tunnel.host);
  const how = writtenByHand(context).includes(tunnel)
    ? '`cloudflared tunnel route dns`, quickstart'
    : '`kubectl -n external-dns logs deployment/external-dns`';
  return {
    chapter: outsidePath,
    order: outsideHops.name,
    places: ['name'],
    title: hostTitle('the name leads to Cloudflare', tunnel, tunnels),
    command: `dig +short '${name}' @1.1.1.1`,
    expected: 'some addresses of Cloudflare, and not that of your home.',
    otherwise: `nothing: the record is missing (${how}). Your own address: the record is not proxied, or not a CNAME to the tunnel; correct it at once.`,
  };
}

const tunnelHop: Hop = {
  chapter: outsidePath,
  order: outsideHops.tunnel,
  places: ['tunnel'],
  title: 'the tunnel is connected',
  command: `kubectl -n ${namespace} rollout status deployment/${self.name} --timeout=10s
kubectl -n ${namespace} port-forward deployment/${self.name} ${metricsPort}:${metricsPort} > /dev/null & sleep 3
curl -sS http://127.0.0.1:${metricsPort}/ready; kill $!`,
  expected: '`successfully rolled out`, and `"status":200` with `"readyConnections":4`.',
  otherwise: `\`kubectl -n ${namespace} logs deployment/${self.name}\`, and the table of error 1033 below.`,
};

function unreachable({ section }: BuildContext<CloudflaredSection>): Symptom {
  const id = reference(section.tunnel);
  return {
    chapter: outsidePath,
    symptom: 'Error 1033, or 530: Cloudflare does not find the tunnel',
    causes: [
      {
        cause: `the Secret \`${credentialsSecret}\` is missing: the pod stays in \`ContainerCreating\``,
        look: `\`kubectl -n ${namespace} describe pod -l ${selector()}\``,
        fix: 'make it (quickstart, Secrets)',
      },
      {
        cause: `the credentials are those of another tunnel: the log says \`Unauthorized\``,
        look: `\`kubectl -n ${namespace} logs deployment/${self.name}\`; \`cloudflared tunnel list\``,
        fix: `make \`${credentialsSecret}\` again from \`~/.cloudflared/${id}.json\``,
      },
      {
        cause: 'the edge cannot be reached: the log says `failed to dial` or `timeout`',
        look: `the same log; \`cloudflared tunnel info '${id}'\``,
        fix: 'the router must let port 7844 out, UDP and TCP; while the internet is down, use the inside path',
      },
      {
        cause: 'the record points to a tunnel that was deleted',
        look: `the CNAME must be \`${id}.cfargotunnel.com\``,
        fix: '`cloudflared tunnel route dns --overwrite-dns` with the id and the host name',
      },
    ],
  };
}

const forbidden: Symptom = {
  chapter: outsidePath,
  symptom: '403, 404 or 502',
  causes: [
    {
      cause:
        '403 without having been asked to sign in: no application covers the host name, or a Bypass policy does, and the tunnel misses the token',
      look: `Access → Applications; \`kubectl -n ${namespace} logs deployment/${self.name}\``,
      fix: 'the checklist of the Access application (quickstart, Cloudflare)',
    },
    {
      cause:
        '403 after the sign-in: the token is for another application (`cloudflared` demands the audience too)',
      look: `\`kubectl -n ${namespace} logs deployment/${self.name}\` says \`access\` and \`audience\` or \`token\``,
      fix: 'copy the audience tag of the application that covers the host name into the private values',
    },
    {
      cause: '404: no rule names this host',
      look: `\`kubectl -n ${namespace} get configmap ${self.name} -o yaml\``,
      fix: 'the host name in the private values is not the one in the browser',
    },
    {
      cause: '502: the tunnel does not reach the origin proxy',
      look: `\`kubectl -n ${namespace} get pods,endpointslices\``,
      fix: 'go on with the hop of the origin proxy of this host',
    },
  ],
};

const logging: { title: string; body: string } = {
  title: loggingNote,
  body: `- **The state of the tunnel**: its connections and errors, and no request: \`kubectl -n ${namespace} logs deployment/${self.name}\`.`,
};

function selector(): string {
  return Object.entries(self.labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
}
