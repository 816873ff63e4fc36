import type { Plan } from '../../compile/plan.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';

/** What the objects need of the cluster and nothing here installs, each with the command that shows it. */
export function clusterPrerequisites({
  objects,
}: Pick<Plan, 'objects'>): { what: string; command: string }[] {
  const all = objects.map(({ object }) => object);
  const { storageClasses: storage, snapshotClasses: snapshots } = classesNamed(all);
  const definitions = prometheusDefinitions(all);
  return [
    ...storage.map((name) => ({
      what: `the storage class ${name}, without which pods stay Pending`,
      command: `kubectl get storageclass ${name}`,
    })),
    ...snapshots.map((name) => ({
      what: `the snapshot class ${name}, without which no backup is made`,
      command: `kubectl get volumesnapshotclass ${name}`,
    })),
    ...(snapshots.length === 0
      ? []
      : [
          {
            what: 'the snapshot controller, which makes the snapshots',
            command: 'kubectl get deployments -A | grep snapshot-controller',
          },
        ]),
    ...(definitions.length === 0
      ? []
      : [
          {
            what: 'the definitions of the Prometheus operator, without which Flux applies nothing of what uses them',
            command: `kubectl get crd ${definitions.join(' ')}`,
          },
        ]),
  ];
}

/** The classes that objects and the values of charts refer to, without those that are made here. */
export function classesNamed(objects: readonly KubernetesObject[]): {
  storageClasses: string[];
  snapshotClasses: string[];
} {
  return {
    storageClasses: named(objects, /storageClass(?:Name)?$/i),
    snapshotClasses: named(objects, /snapshotClass(?:Name)?$/i),
  };
}

/** The names of classes that fields refer to, in objects and in the values of charts, without those that are made here. */
function named(objects: readonly KubernetesObject[], field: RegExp): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      const name = field.test(key) ? nameOf(item) : undefined;
      if (name === undefined) visit(item);
      else found.add(name);
    }
  };
  for (const object of objects) visit(object);
  const made = new Set(objects.filter(({ kind }) => field.test(kind)).map(({ metadata: { name } }) => name));
  return [...found].filter((name) => name !== '' && !made.has(name)).sort();
}

/** A class by its name, or as charts have it: `storageclass: { name: … }`. */
function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const { name }: { name?: unknown } = Object(value);
  return typeof name === 'string' ? name : undefined;
}

function prometheusDefinitions(objects: readonly KubernetesObject[]): string[] {
  const kinds = objects
    .filter(({ apiVersion }) => apiVersion.startsWith('monitoring.coreos.com/'))
    .map(({ kind }) => `${kind.toLowerCase()}s.monitoring.coreos.com`);
  return [...new Set(kinds)].sort();
}
