import { listAt, textAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { once } from '../../kubernetes/once.ts';
import type { Answer, Check } from '../../live/check.ts';
import { liveNameOf } from '../../live/questions/select.ts';
import type { Repository } from '../../manifests/repository.ts';
import {
  describeObject,
  type ObjectRef,
  refOf,
  type SourcedObject,
  type Unknown,
} from '../../manifests/sourcedObject.ts';
import { analyse } from '../../reachability/analyse.ts';
import { type InvariantId, invariantOf, type Proof } from '../../reachability/invariants/registry.ts';
import type { Assumptions } from '../../reachability/model/analysis.ts';
import { withUnseen } from '../analyseRepository.ts';
import type { Acceptance } from '../check/acceptances.ts';
import { acceptedBy } from '../check/findings.ts';
import { type Dump, remedyOf } from './dump.ts';
import { liveRepository } from './liveRepository.ts';
import { namespacesOf } from './objectName.ts';
import { isOfTheCluster } from './ofTheCluster.ts';

/** What is about files in Git alone. */
const aboutFiles: ReadonlySet<string> = new Set<InvariantId>(['secrets-encrypted', 'objects-valid']);

type IsWanted = (id: InvariantId) => boolean;

const isAboutWhatRuns: IsWanted = (id) => !aboutFiles.has(id);

/** Promises about the whole cluster, whoever made the object that breaks them. */
const aboutTheCluster: ReadonlySet<string> = new Set<InvariantId>([
  'outside-gated',
  'node-ports',
  'load-balancers',
  'ingresses',
  'host-ports',
]);

/** Promises that one object breaks, whatever others there are. */
const brokenAlone: ReadonlySet<string> = new Set<InvariantId>(['load-balancers', 'ingresses', 'host-ports']);

/** What the promises are proved with. */
export interface PromiseInputs {
  /** What Flux applies. */
  inGit: readonly SourcedObject[];
  assumptions: Assumptions;
  /** What the user accepts, as "gatehouse check" reads it. */
  acceptances: readonly Acceptance[];
  /** Takes private values out of a claim, so that no id is made of one. */
  redact: (text: string) => string;
}

/**
 * The promises about what runs, by the prover that proves them from files: those that Git has, and those about the whole
 * cluster. A promise that Git has and the cluster no longer is about, such as one about a workload that is gone, is broken.
 */
export function promiseChecks(
  dump: Dump,
  { inGit, assumptions, acceptances, redact }: PromiseInputs,
): readonly Check[] {
  const live = liveRepository(dump, inGit);
  const known = { ...assumptions, stored: true, nodeAddresses: addressesOf(dump.objects) };
  const analysed = ({ objects, unseen }: Repository, isWanted: IsWanted): readonly Proof[] => {
    const analysis = analyse(objects, known, { isWanted });
    return (unseen.length === 0 ? analysis : withUnseen(analysis, unseen)).proofs;
  };
  const proofs = analysed(live, isAboutWhatRuns);
  // What a chart makes is unseen in Git, and is there by itself in the cluster, under its own names.
  const makers = inGit.filter(({ object }) => object.kind === 'HelmRelease').map(nameOfObject);
  const own = analyse(inGit, assumptions, { isWanted: isAboutWhatRuns }).proofs.filter(
    ({ claim }) => !makers.some((maker) => `${claim} `.includes(`${maker} `)),
  );
  const seen = new Map(proofs.map((proof) => [claimOf(proof), proof]));
  // A promise about pods that are made later, such as those of a backup: no such pod need run now.
  const later = once(() => {
    const missing = new Set(own.filter((proof) => !seen.has(claimOf(proof))).map((proof) => proof.invariant));
    const all = analysed(liveRepository(dump, inGit, { withMakers: true }), (id) => missing.has(id));
    return new Map(all.map((proof) => [claimOf(proof), proof]));
  });
  const claims = new Set(own.map(claimOf));
  const namespaces = namespacesOf(inGit);
  const further = proofs.filter(
    (proof) =>
      !claims.has(claimOf(proof)) && (aboutTheCluster.has(proof.invariant) || isAbout(proof, namespaces)),
  );
  const checkOf = (proof: Proof, found: Proof | undefined): Check => ({
    id: [proof.invariant, ...subjectsOf(redact(proof.claim))].map(slug).join('-'),
    promise: proof.claim,
    remedy: invariantOf(proof.invariant).remedy,
    ask: async () => answerOf(found, { acceptances, unread: live.unseen }),
  });
  return unique([
    ...own.map((proof) => checkOf(proof, seen.get(claimOf(proof)) ?? later().get(claimOf(proof)))),
    ...further.map((proof) => checkOf(proof, proof)),
  ]);
}

function nameOfObject(source: SourcedObject): string {
  return describeObject(refOf(source));
}

interface AnswerContext {
  acceptances: readonly Acceptance[];
  unread: readonly Unknown[];
}

function answerOf(proof: Proof | undefined, { acceptances, unread }: AnswerContext): Answer {
  const unseen = unread.map(({ sentence }) => sentence);
  const readable = remedyOf(unread);
  if (proof === undefined)
    return unread.length > 0
      ? { verdict: 'not checked', evidence: unseen, ...readable }
      : {
          verdict: 'broken',
          evidence: ['What the promise is about is not in the cluster, or is something else now'],
          remedy: 'gatehouse reconcile',
        };
  const { verdict, sentence, remedy } = proof;
  const evidence = [sentence, ...namesOf(proof)];
  if (verdict === 'proved') return { verdict: 'kept', evidence };
  const accepted = acceptedBy(proof, acceptances);
  if (accepted !== undefined)
    // What was not read may break the promise too, and nobody accepted that.
    return {
      verdict: unread.length > 0 ? 'not checked' : 'kept',
      evidence: [...unseen, ...evidence, `You accept it: ${accepted}`],
      ...readable,
    };
  const usual = remedy === undefined ? {} : { remedy };
  if (verdict === 'unknown') return { verdict: 'not checked', evidence, ...usual, ...readable };
  // What could not be read may be the policy that closes the way.
  return unread.length === 0 || brokenAlone.has(proof.invariant)
    ? { verdict: 'broken', evidence, ...usual }
    : { verdict: 'not checked', evidence: [...unseen, ...evidence], ...readable };
}

function namesOf({ verdict, evidence, path }: Proof): readonly string[] {
  if (verdict === 'proved') return [];
  const reasons = evidence.map(({ object, rule }) => `${describeObject(object)}: ${rule}`);
  const hops = path.length > 1 ? [`The way: ${path.map(({ at }) => at).join(' → ')}`] : [];
  return [...new Set([...reasons, ...hops])];
}

function claimOf({ invariant, claim }: Proof): string {
  return `${invariant} ${claim}`;
}

function isAbout({ claim, evidence }: Proof, namespaces: ReadonlySet<string>): boolean {
  const isOwn = ({ namespace, kind, name }: ObjectRef): boolean =>
    namespaces.has(namespace ?? (kind === 'Namespace' ? name : ''));
  return (
    evidence.some(({ object }) => isOwn(object)) ||
    [...namespaces].some((name) => claim.includes(` ${name}/`))
  );
}

/** The addresses under which nodes are known (`status.addresses` of a Node). */
export function addressesOf(objects: readonly KubernetesObject[]): readonly string[] {
  return objects
    .filter((object) => object.kind === 'Node' && groupOf(object) === '')
    .flatMap((node) => listAt(node, 'status', 'addresses'))
    .filter((address) => ['InternalIP', 'ExternalIP'].includes(textAt(address, 'type') ?? ''))
    .flatMap((address) => textAt(address, 'address') ?? []);
}

/** What a claim is about: a host, the object that it names last, a rule of it, or a namespace. */
function subjectsOf(claim: string): readonly string[] {
  const host = /\$\{\w+\}/.exec(claim)?.[0];
  const object = [...claim.matchAll(/[\w.-]+\/[\w.-]+(?: ingress\[\d+\])?/g)].at(-1)?.[0];
  const namespace = /[Nn]amespace (\S+)/.exec(claim)?.[1];
  return [host, object, namespace].filter((subject) => subject !== undefined);
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 100);
}

function unique(checks: readonly Check[]): readonly Check[] {
  const times = new Map<string, number>();
  return checks.map((check) => {
    const before = times.get(check.id) ?? 0;
    times.set(check.id, before + 1);
    return before === 0 ? check : { ...check, id: `${check.id}-${before + 1}` };
  });
}

/** What the promises are not about. */
export function notJudged({ objects }: Dump): readonly string[] {
  const own = objects.filter(isOfTheCluster).map(liveNameOf).toSorted();
  return own.length === 0 ? [] : [`Ports that the cluster itself opens on its nodes: ${own.join(', ')}`];
}
