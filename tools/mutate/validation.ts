import type { Repository } from '../../src/manifests/repository.ts';
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import { isFluxOfOperator } from '../../src/operations/fluxOperatorKinds.ts';
import { validateObjects, validateRepository } from '../../src/operations/validate.ts';
import type { ValidatedObject } from '../../src/reachability/invariants/structure.ts';

/** Validates the objects of a repository. */
export type Validation = (
  repository: Pick<Repository, 'objects' | 'outside'>,
) => Promise<readonly ValidatedObject[]>;

/** Validates an object that several mutants of a tree share once: what schemas say of it does not depend on others. */
export function rememberedValidation(): Validation {
  const known = new Map<string, ValidatedObject>();
  return async (repository) => {
    const sources = [...repository.objects, ...repository.outside];
    if (dependOnOthers(sources)) return validateRepository(repository);
    const texts = sources.map(({ object }) => JSON.stringify(object));
    const fresh = new Map<string, SourcedObject>();
    sources.forEach((source, index) => {
      const text = texts[index] ?? '';
      if (!known.has(text)) fresh.set(text, source);
    });
    const validated = fresh.size === 0 ? [] : await validateObjects([...fresh.values()]);
    [...fresh.keys()].forEach((text, index) => {
      const found = validated[index];
      if (found !== undefined) known.set(text, found);
    });
    return sources.flatMap((source, index) => {
      const found = known.get(texts[index] ?? '');
      return found === undefined ? [] : [{ ...found, source }];
    });
  };
}

/** Definitions among the objects say what others may have, and the Flux Operator adds kinds. */
function dependOnOthers(sources: readonly SourcedObject[]): boolean {
  return (
    sources.some(({ object }) => object.kind === 'CustomResourceDefinition') || isFluxOfOperator(sources)
  );
}
