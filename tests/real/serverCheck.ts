import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { type KubernetesClient, type Reference, Refused, referenceTo } from './fixtures/kubernetesClient.ts';
import { podsOf } from './podTemplates.ts';

/** The result of the API server for one object. */
export interface ServerResult {
  readonly object: Reference;
  readonly verdict: 'accepted' | 'refused';
  /**
   * Where it was rejected: when it was applied; when a Pod of its template was created, such as by Pod Security;
   * when it was read back and differed from what was sent. `applied` if it was not rejected.
   */
  readonly stage: 'applied' | 'apply' | 'pod' | 'read-back';
  /** The message of the server; empty if it was accepted. */
  readonly message: string;
  /** The warnings of the server at every stage. None is expected. */
  readonly warnings: readonly string[];
}

/** Kinds that others need, in the order in which they are applied; every other kind comes last. */
const firstKinds = [
  ['Namespace'],
  ['CustomResourceDefinition'],
  ['PriorityClass', 'StorageClass', 'GatewayClass', 'ServiceAccount', 'ClusterRole', 'Role'],
  ['ClusterRoleBinding', 'RoleBinding', 'NetworkPolicy', 'ConfigMap', 'Secret', 'PersistentVolume'],
  ['PersistentVolumeClaim', 'Service'],
] as const;

/** Kinds for the security of the cluster: the server must store exactly what was sent. */
const readBackKinds = new Set(['NetworkPolicy', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);

/**
 * Checks finished objects with an API server: applies them strictly in the order of their dependencies, creates the Pod
 * of each template as a dry run in its own namespace, so that Pod Security checks it like the real one,
 * and reads back policies and roles. The other objects are checked even if one is rejected.
 *
 * @returns a result for each object, in the order of the objects
 */
export async function checkWithServer(
  cluster: KubernetesClient,
  objects: readonly KubernetesObject[],
): Promise<ServerResult[]> {
  const results = new Map<KubernetesObject, ServerResult>();
  for (let stage = 0; stage <= firstKinds.length; stage++) {
    const now = objects.filter((object) => stageOf(object) === stage);
    const checked = await Promise.all(
      now.map(async (object) => [object, await checkOne(cluster, object)] as const),
    );
    for (const [object, result] of checked) results.set(object, result);
  }
  return objects.flatMap((object) => results.get(object) ?? []);
}

/** Removes checked objects in reverse order, so that the next ones may have the same names. */
export async function removeObjects(
  cluster: KubernetesClient,
  objects: readonly KubernetesObject[],
): Promise<void> {
  for (let stage = firstKinds.length; stage >= 0; stage--) {
    const now = objects.filter((object) => stageOf(object) === stage);
    await Promise.all(now.map((object) => removeIfServed(cluster, referenceTo(object))));
  }
}

async function removeIfServed(cluster: KubernetesClient, reference: Reference): Promise<void> {
  try {
    await cluster.remove(reference);
  } catch (error) {
    // The server never had this kind, so it has no such object.
    if (!(error instanceof Refused) || error.status !== 404) throw error;
  }
}

function stageOf({ kind }: KubernetesObject): number {
  const stage = firstKinds.findIndex((kinds) => kinds.some((one) => one === kind));
  return stage < 0 ? firstKinds.length : stage;
}

async function checkOne(cluster: KubernetesClient, object: KubernetesObject): Promise<ServerResult> {
  const reference = referenceTo(object);
  const warnings: string[] = [];
  let stage: 'apply' | 'pod' | 'read-back' = 'apply';
  try {
    warnings.push(...(await cluster.apply(object)).warnings);
    stage = 'pod';
    for (const pod of podsOf(object)) {
      warnings.push(...(await cluster.create(pod, { dryRun: true })).warnings);
    }
    stage = 'read-back';
    const difference = readBackKinds.has(object.kind) ? await readBack(cluster, object) : undefined;
    if (difference !== undefined) {
      return { object: reference, verdict: 'refused', stage, message: difference, warnings };
    }
    return { object: reference, verdict: 'accepted', stage: 'applied', message: '', warnings };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { object: reference, verdict: 'refused', stage, message: error.message, warnings };
  }
}

async function readBack(cluster: KubernetesClient, sent: KubernetesObject): Promise<string | undefined> {
  const live = await cluster.get(referenceTo(sent));
  if (live === undefined) return 'it is not there when it is read back';
  const fields = Object.keys(sent).filter((field) => !['metadata', 'status'].includes(field));
  const lost = fields.filter((field) => !holds(live[field], sent[field]));
  return lost.length === 0 ? undefined : `the server does not hold what was sent: ${lost.join(', ')}`;
}

const record = z.record(z.string(), z.unknown());
const array = z.array(z.unknown());

/**
 * Whether the server holds all that was sent. It may add fields (defaults), never an entry to a list: one more
 * peer in a policy would open it. A list that was sent empty may come back as none at all; an empty map may not,
 * since `{}` is a selector that selects everything.
 */
export function holds(live: unknown, sent: unknown): boolean {
  const sentList = array.safeParse(sent).data;
  if (sentList !== undefined) {
    const liveList = array.safeParse(live ?? []).data;
    if (liveList?.length !== sentList.length) return false;
    return sentList.every((entry, index) => holds(liveList[index], entry));
  }
  const sentFields = record.safeParse(sent).data;
  if (sentFields === undefined) return isDeepStrictEqual(live, sent);
  const liveFields = record.safeParse(live).data;
  if (liveFields === undefined) return false;
  return Object.entries(sentFields).every(([field, value]) => holds(liveFields[field], value));
}

/** Those of the objects that the server does not hold as they were sent, with their labels and annotations. */
export async function notHeld(
  cluster: KubernetesClient,
  objects: readonly KubernetesObject[],
): Promise<string[]> {
  const lost = await Promise.all(
    objects.map(async (object) => {
      const live = await cluster.get(referenceTo(object));
      const { metadata, ...content } = object;
      const { labels, annotations } = metadata;
      const marks = { ...(labels && { labels }), ...(annotations && { annotations }) };
      const there = live !== undefined && holds(live, content) && holds(live.metadata, marks);
      return there ? [] : [nameOf(object)];
    }),
  );
  return lost.flat();
}

export function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}
