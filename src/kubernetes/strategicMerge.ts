type Fields = Readonly<Record<string, unknown>>;

/** How items of a list are matched (`x-kubernetes-patch-merge-key`); a list without one is replaced whole. */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  imagePullSecrets: ['name'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  ports: ['containerPort', 'port'],
};

/**
 * Applies a strategic merge patch, as kustomize does: maps are merged, `null` removes, lists are matched by the
 * key that the API names or replaced. What the patch adds to a list stands in front.
 *
 * @returns nothing where the patch uses a directive that is not applied here (`$patch`, `$setElementOrder` …).
 */
export function mergeStrategically(target: unknown, patch: unknown): unknown | undefined {
  return usesDirectives(patch) ? undefined : merge(target, patch, '');
}

function usesDirectives(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(usesDirectives);
  if (!isFields(value)) return false;
  return Object.entries(value).some(([key, item]) => key.startsWith('$') || usesDirectives(item));
}

function merge(target: unknown, patch: unknown, field: string): unknown {
  if (Array.isArray(patch)) {
    const items = Array.isArray(target) ? target : [];
    const key = mergeKeys[field]?.find((name) =>
      [...items, ...patch].every((item) => valueAt(item, name) !== undefined),
    );
    return key === undefined ? patch : mergeLists(items, patch, key);
  }
  if (!isFields(patch)) return patch;
  return mergeMaps(isFields(target) ? target : {}, patch);
}

function mergeMaps(target: Fields, patch: Fields): Fields {
  const merged: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(target[key], value, key);
  }
  return merged;
}

function mergeLists(target: readonly unknown[], patch: readonly unknown[], key: string): readonly unknown[] {
  const isSame = (a: unknown, b: unknown): boolean => valueAt(a, key) === valueAt(b, key);
  const kept = target.map((item) => {
    const change = patch.find((candidate) => isSame(candidate, item));
    return change === undefined ? item : merge(item, change, '');
  });
  return [...patch.filter((item) => !target.some((existing) => isSame(existing, item))), ...kept];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, key: string): unknown {
  return isFields(value) ? value[key] : undefined;
}
