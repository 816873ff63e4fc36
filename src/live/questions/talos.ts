import semver from 'semver';
import type { LiveQuestion } from '../../components/contract/checks.ts';
import { mapsAt, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { type Answer, type Asking, worstOf } from '../check.ts';
import type { LiveCluster } from '../cluster.ts';
import type { TalosAccess } from '../talos/machineConfig.ts';
import type { TalosNodes } from '../talos/talosctl.ts';

type Of<Kind extends LiveQuestion['kind']> = Extract<LiveQuestion, { kind: Kind }>;
type Seen = Answer['verdict'];

const controlPlane = 'node-role.kubernetes.io/control-plane';

/** Whether the machine configuration of each node lets pods call the Talos API. `talosctl` is asked. */
export async function askTalosApi(question: Of<'talos-api'>, asking: Asking): Promise<Answer> {
  const { cluster, talos } = asking;
  const { document } = question;
  const name = document ? 'KubeTalosAPIAccessConfig' : 'kubernetesTalosAPIAccess';
  const command = `talosctl -n NODE get machineconfig v1alpha1 -o yaml | grep -A 8 ${name}`;
  if (cluster === undefined || talos === undefined)
    return {
      verdict: 'not checked',
      evidence: ['The machine configuration is read with talosctl, which is not installed here'],
      remedy: `Install talosctl, or look at each node: ${command}`,
    };
  const nodes = (await nodesOf(cluster)).filter(
    ({ metadata }) => !document || metadata.labels?.[controlPlane] !== undefined,
  );
  const seen = await Promise.all(nodes.map((node) => askNode(node, talos, question, name)));
  if (seen.length === 0) return { verdict: 'not checked', evidence: ['The cluster has no such node'] };
  const worst = worstOf(seen.map(({ verdict }) => verdict));
  return {
    verdict: worst,
    evidence: seen.filter(({ verdict }) => verdict === worst).map(({ sentence }) => sentence),
    ...(worst === 'not checked' ? { remedy: `See that talosctl reaches each node: ${command}` } : {}),
  };
}

async function askNode(
  node: KubernetesObject,
  talos: TalosNodes,
  question: Of<'talos-api'>,
  setting: string,
): Promise<{ verdict: Seen; sentence: string }> {
  const name = `Node ${node.metadata.name}`;
  const address = mapsAt(node, 'status', 'addresses').find((each) => textAt(each, 'type') === 'InternalIP')?.[
    'address'
  ];
  if (typeof address !== 'string')
    return { verdict: 'not checked', sentence: `${name} has no internal address` };
  const found = await talos.access(address);
  if ('why' in found) return { verdict: 'not checked', sentence: `${name}: ${found.why}` };
  const access = question.document ? found.document : found.feature;
  const lacks = access === undefined ? [`no ${setting}`] : lacking(access, question);
  return lacks.length > 0
    ? { verdict: 'broken', sentence: `${name} has ${lacks.join(', and ')}` }
    : {
        verdict: 'kept',
        sentence: `${name} lets pods of ${access?.namespaces.join(', ')} be ${access?.roles.join(', ')}`,
      };
}

function lacking(
  access: TalosAccess,
  { roles, namespaces }: Pick<Of<'talos-api'>, 'roles' | 'namespaces'>,
): readonly string[] {
  const absent = (wanted: readonly string[], given: readonly string[]): readonly string[] =>
    wanted.filter((each) => !given.includes(each));
  return [
    ...absent(roles, access.roles).map((role) => `no ${role} among allowedRoles`),
    ...absent(namespaces, access.namespaces).map(
      (namespace) => `no ${namespace} among allowedKubernetesNamespaces`,
    ),
  ];
}

/** Whether Talos runs the Kubernetes that is there, on every node. */
export async function askTalosPair({ runs }: Of<'talos-pair'>, cluster: LiveCluster): Promise<Answer> {
  const version = textAt(await cluster.version(), 'gitVersion') ?? '';
  const server = semver.parse(version);
  if (server === null)
    return { verdict: 'not checked', evidence: ['The API server does not say its version'] };
  const nodes = await nodesOf(cluster);
  if (nodes.length === 0) return { verdict: 'not checked', evidence: ['The cluster has no node'] };
  const seen = nodes.map((node) => pairOn(node, server, runs));
  const worst = worstOf(seen.map(({ verdict }) => verdict));
  return {
    verdict: worst,
    evidence: seen.filter(({ verdict }) => verdict === worst).map(({ sentence }) => sentence),
  };
}

function pairOn(
  node: KubernetesObject,
  server: semver.SemVer,
  runs: Of<'talos-pair'>['runs'],
): { verdict: Seen; sentence: string } {
  const image = textAt(node, 'status', 'nodeInfo', 'osImage') ?? '';
  const name = `Node ${node.metadata.name}`;
  const talos = semver.parse(/^Talos \(v?(.+)\)$/.exec(image)?.[1] ?? '');
  if (talos === null)
    return { verdict: 'not checked', sentence: `${name} does not say a version of Talos: ${image}` };
  const range = talos.major === 1 ? runs[talos.minor] : undefined;
  if (range === undefined)
    return {
      verdict: 'not checked',
      sentence: `${name}: which Kubernetes Talos ${talos} runs is not known here`,
    };
  const kubelet = semver.parse(textAt(node, 'status', 'nodeInfo', 'kubeletVersion') ?? '');
  const isRun = ({ major, minor }: semver.SemVer): boolean =>
    major === 1 && minor >= range[0] && minor <= range[1];
  const refused = [server, ...(kubelet === null ? [] : [kubelet])].find((each) => !isRun(each));
  return refused === undefined
    ? { verdict: 'kept', sentence: `${name}: Talos ${talos} runs Kubernetes ${server}` }
    : {
        verdict: 'broken',
        sentence: `${name}: Talos ${talos} runs Kubernetes 1.${range[0]} to 1.${range[1]}, and not ${refused}`,
      };
}

async function nodesOf(cluster: LiveCluster): Promise<readonly KubernetesObject[]> {
  return (await cluster.list({ apiVersion: 'v1', kind: 'Node' })) ?? [];
}
