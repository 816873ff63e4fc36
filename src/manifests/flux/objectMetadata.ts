import { textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';

/** A label or an annotation by which an object changes how Flux applies it. */
interface Instruction {
  name: string;
  value: string;
  /** What follows for the object in the cluster; undefined where it is as it is in the repository. */
  effect: string | undefined;
}

const notApplied = 'Flux does not apply it, so the cluster may run another form of it, or none';
const othersStay = 'Flux leaves fields that others added, so the cluster may run more than what is here';

/**
 * What kustomize-controller 1.9 reads of labels and annotations (`apply` in
 * `internal/controller/kustomization_controller.go`, `AnyInMetadata` of fluxcd/pkg/ssa: labels count like annotations,
 * and case does not matter). `substitute` and `decrypt` are read where variables are filled in and Secrets are checked.
 */
const instructions: readonly Instruction[] = [
  { name: 'reconcile', value: 'disabled', effect: notApplied },
  { name: 'ssa', value: 'ignore', effect: notApplied },
  {
    name: 'ssa',
    value: 'ifnotpresent',
    effect: 'Flux applies it only where it is missing, so the cluster may run an older form of it',
  },
  { name: 'ssa', value: 'merge', effect: othersStay },
  { name: 'ssa', value: 'override', effect: undefined },
  { name: 'reconcile', value: 'enabled', effect: undefined },
];

const prefix = 'kustomize.toolkit.fluxcd.io/';

/** Instructions that change nothing of what the cluster runs, whatever they say. */
const harmless: ReadonlySet<string> = new Set(
  ['force', 'prune', 'substitute', 'decrypt', 'name', 'namespace', 'checksum'].map((name) => prefix + name),
);

/**
 * Why the cluster may run another form of an object, by its own labels and annotations.
 *
 * @returns the rest of a sentence that begins with the object
 */
export function reasonInMetadata({ metadata }: KubernetesObject): string | undefined {
  for (const field of ['labels', 'annotations']) {
    for (const key of Object.keys(metadata[field] ?? {})) {
      if (!key.startsWith(prefix) || harmless.has(key)) continue;
      const text = textAt(metadata, field, key) ?? '';
      const known = instructions.find(
        ({ name, value }) => prefix + name === key && value === text.toLowerCase(),
      );
      if (known !== undefined && known.effect === undefined) continue;
      return `has ${key}: ${text}: ${known?.effect ?? 'what Flux does with it is not known'}`;
    }
  }
  return undefined;
}
