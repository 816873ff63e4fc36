import { reference } from '../../config/private.ts';
import type { BuildContext } from '../contract/component.ts';
import type { ComponentDocuments, Decision, Step, Symptom } from '../contract/documents.ts';
import { dnsPhase } from '../shared/chapters.ts';
import type { DnsRecord } from '../shared/dnsNames.ts';
import { podsOf } from './nameServer.ts';
import { nameServer, namespace } from './names.ts';
import type { HomeDnsSection, NameServerSection } from './section.ts';

type Context = BuildContext<HomeDnsSection>;

/** What is to be done where a name server of the cluster answers at home. */
export function nameServerDocuments(
  context: Context,
  server: NameServerSection,
  records: readonly DnsRecord[],
): Pick<ComponentDocuments, 'prerequisites' | 'tools' | 'decisions' | 'steps'> {
  return {
    prerequisites: ['a resolver in the home network that can forward one zone to another name server'],
    tools: ['dig'],
    decisions: [clusterAnswers(server)],
    steps: [forwardingStep(context, server, records)],
  };
}

function clusterAnswers({ zone }: NameServerSection): Decision {
  return {
    title: 'Who writes the names at home',
    decided: `Nobody: k8s_gateway answers for \`${reference(zone)}\` in the cluster, and the router forwards that zone to it.`,
    because: `A name that leads to an address of the home network belongs into no public zone: it would tell everybody about your home. The
name server has no records but DNSEndpoint objects, and no right but to read them; those of the public zone have the label
\`k8s-gateway.dns/ignore\`, and it leaves them out. It reads them in every namespace: one that you write yourself is answered too.
It asks nobody who they are, as no name server does. So the network policies admit the home network and the VPN alone, which is
proved, and it may reach nothing but the API server: it forwards no request, so that nobody can use it for other names.

It costs something: while the router forwards the zone, every other name of it is gone at home, also one that the internet has.
And while no pod of it runs, the names are gone at home too. Without \`homeDns.k8sGateway\` you write the names into the resolver yourself.`,
    field: 'homeDns.k8sGateway',
  };
}

function forwardingStep(
  context: Context,
  { address, zone }: NameServerSection,
  records: readonly DnsRecord[],
): Step {
  const [at, of] = [reference(address), reference(zone)];
  const [first] = records;
  const asked =
    first === undefined
      ? `\`dig '${of}' SOA @'${at}'\` says \`NOERROR\``
      : `\`dig +short '${reference(first.host)}'\` prints \`${first.target}\` and nothing else, with \`@'${at}'\` and without it, and \`gatehouse verify --only home-dns\` asks for each name`;
  return {
    phase: dnsPhase,
    title: 'Forward the zone at home',
    minutes: 5,
    body: `\`\`\`sh
kubectl -n ${namespace} rollout status ${podsOf(context)} --timeout=60s
kubectl -n ${namespace} get service ${nameServer.name}
\`\`\`

In the resolver of the home network, forward the zone \`${of}\` to \`${at}\`, UDP and TCP port 53, and nothing else:

- dnsmasq, and Pi-hole (**Settings → All settings → Miscellaneous → misc.dnsmasq_lines**): \`server=/${of}/${at}\`
- AdGuard Home (**Settings → DNS settings → Upstream DNS servers**): \`[/${of}/]${at}\`
- Unbound, and OPNsense (**Unbound DNS → Query Forwarding**): a forward zone \`${of}\` to \`${at}\`; with DNSSEC also \`domain-insecure: "${of}"\`, since the answers are not signed
- UniFi (**Settings → Policy Engine → DNS**): a record of the type **Forward Domain**

The name server knows the names of routes from home alone. For any other name of the zone it answers that it is not there
(NXDOMAIN), and for names outside of it \`REFUSED\`. So a name that is reached from the internet alone, through a tunnel for
instance, leads nowhere at home, until the resolver has a rule of its own for it that asks where it asks for everything else:
\`server=/NAME/#\` in dnsmasq, \`[/NAME/]#\` in AdGuard Home, and elsewhere a forward of that name to the resolver of your provider.`,
    check: `at home, ${asked}.`,
    again: true,
  };
}

/** Why a name leads nowhere at home. */
export function nameServerCauses(context: Context, { address, zone }: NameServerSection): Symptom['causes'] {
  const pods = podsOf(context);
  return [
    {
      cause: 'the router does not forward the zone',
      look: `\`dig +short NAME @'${reference(address)}'\` prints the address of the Gateway, and \`dig +short NAME\` does not`,
      fix: 'the step "Forward the zone at home" of the quickstart',
    },
    {
      cause:
        'the name server could not reach the API server when it started: it says of each name that it is not there, and does not try again (k8s_gateway 1.8.2)',
      look: `\`kubectl -n ${namespace} logs ${pods}\` shows \`error getting crd dnsendpoints.externaldns.k8s.io\``,
      fix: `\`kubectl -n ${namespace} rollout restart ${pods}\``,
    },
    {
      cause: `the name is reached from the internet alone, and the router forwards \`${reference(zone)}\` as a whole`,
      look: 'no route from home has it',
      fix: 'a rule of its own for that name in the resolver, as the step "Forward the zone at home" says',
    },
  ];
}
