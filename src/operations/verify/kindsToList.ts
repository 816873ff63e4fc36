import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import type { ServedKind } from '../../live/cluster.ts';
import { readingOf } from '../../reachability/kinds/registry.ts';

/** Kinds that say what runs, what a node is, and what belongs to whom, though no promise depends on their objects alone. */
const always = new Set(['/Node', '/ServiceAccount']);

/** Records that controllers write all the time, and that nobody applies. */
const never = new Set(['/Event', '/Binding', '/ComponentStatus']);

/**
 * The kinds to list, each in one version: those of the objects in Git, those on which a promise may depend, and those that
 * are not known. Kinds that are harmless, and of which Git has no object, are left out.
 */
export function kindsToList(
  served: readonly ServedKind[],
  inGit: readonly KubernetesObject[],
): readonly ServedKind[] {
  const wanted = new Map(inGit.map((object) => [`${groupOf(object)}/${object.kind}`, object.apiVersion]));
  const chosen = new Map<string, ServedKind>();
  for (const kind of served) {
    const name = qualified(kind);
    if (!kind.verbs.includes('list') || never.has(name) || kind.resource.includes('/')) continue;
    if (!wanted.has(name) && !mayMatter(kind) && !always.has(name)) continue;
    const isWanted = wanted.get(name) === kind.apiVersion;
    if (isWanted || (!chosen.has(name) && (kind.preferred || !wanted.has(name)))) chosen.set(name, kind);
    else if (kind.preferred && wanted.get(name) !== chosen.get(name)?.apiVersion) chosen.set(name, kind);
  }
  return [...chosen.values()];
}

function mayMatter({ apiVersion, kind }: ServedKind): boolean {
  return readingOf(groupOf({ apiVersion }), kind)?.state !== 'harmless';
}

function qualified({ apiVersion, kind }: ServedKind): string {
  return `${groupOf({ apiVersion })}/${kind}`;
}
