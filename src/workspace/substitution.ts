import { fieldsAt, isTemplate, mapsAt, textAt, textMapAt } from '../exposure/fields.ts';
import type { SourcedObject } from '../exposure/judgement.ts';
import type { Root } from '../exposure/kustomization.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';

interface Context {
  /** Everything that is built, in which ConfigMaps with values are looked for. */
  all: readonly Root[];
  /** Values known from elsewhere: those of the overlay. */
  values?: ReadonlyMap<string, string>;
}

/**
 * Fills in `${NAME}` as Flux does after the build (kustomize-controller, `postBuild`): from `substitute`, and from the
 * ConfigMaps of `substituteFrom` that are among the objects. What a Secret holds stays a variable, so that the judges
 * see that it is not known.
 */
export function substituteRoot(
  root: Root,
  source: SourcedObject | undefined,
  { all, values }: Context,
): readonly SourcedObject[] {
  const own = source === undefined ? new Map<string, string>() : valuesOf(source.object, all);
  const known = new Map([...(values ?? []), ...own]);
  if (known.size === 0) return root.objects;
  return root.objects.map((each) =>
    isExempt(each.object) ? each : { ...each, object: filledObject(each.object, known) },
  );
}

function valuesOf(object: KubernetesObject, all: readonly Root[]): ReadonlyMap<string, string> {
  const postBuild = fieldsAt(object, 'spec', 'postBuild');
  const namespace = textAt(object, 'metadata', 'namespace') ?? 'default';
  const from = mapsAt(postBuild, 'substituteFrom')
    .filter((each) => textAt(each, 'kind') === 'ConfigMap')
    .flatMap((each) => {
      const map = all
        .flatMap(({ objects }) => objects)
        .find(
          ({ object: candidate }) =>
            candidate.kind === 'ConfigMap' &&
            candidate.metadata.name === textAt(each, 'name') &&
            (candidate.metadata.namespace ?? namespace) === namespace,
        );
      return map === undefined ? [] : [...textMapAt(map.object, 'data')];
    });
  return new Map([...from, ...textMapAt(postBuild, 'substitute')]);
}

/** Whether Flux leaves the object as it is. */
export function isExempt({ metadata }: KubernetesObject): boolean {
  const name = 'kustomize.toolkit.fluxcd.io/substitute';
  return metadata.annotations?.[name] === 'disabled' || metadata.labels?.[name] === 'disabled';
}

function filledObject(object: KubernetesObject, values: ReadonlyMap<string, string>): KubernetesObject {
  const { apiVersion, kind } = object;
  const filled = Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, fillValue(value, key, values)]),
  );
  const name = fill(object.metadata.name, values);
  return { ...filled, apiVersion, kind, metadata: { ...fieldsAt(filled, 'metadata'), name } };
}

function fillValue(value: unknown, key: string, values: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    if (!isTemplate(value)) return value;
    const text = fill(value, values);
    // Flux substitutes in the text of YAML, where a number that replaces a whole scalar is one.
    return numeric.test(key) && /^\d+$/.test(text) ? Number(text) : text;
  }
  if (Array.isArray(value)) return value.map((item) => fillValue(item, key, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [fill(name, values), fillValue(item, name, values)]),
  );
}

/** Fields that hold numbers, or a number or a name. */
const numeric = /^(?:port|targetPort|nodePort|containerPort|hostPort|endPort|replicas)$/;

/** `${NAME}` and `${NAME:=default}`, the forms that repositories use; others stay, and so stay unknown. */
function fill(text: string, values: ReadonlyMap<string, string>): string {
  if (!text.includes('${')) return text;
  return text.replace(/\$\{([A-Za-z_]\w*)(?::[=-]([^}$]*))?\}/g, (whole, name: string, fallback?: string) => {
    const value = values.get(name);
    return value ?? fallback ?? whole;
  });
}
