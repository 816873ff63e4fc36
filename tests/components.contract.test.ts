// Crosses components, compile, operations and reachability.
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../src/compile/compile.ts';
import { heldData, isKept, isKindKnown } from '../src/compile/heldData.ts';
import type { Plan } from '../src/compile/plan.ts';
import { catalogue, clusterSchema } from '../src/components/catalogue.ts';
import { type Field, fieldsAt, fieldsOf } from '../src/config/fields.ts';
import { formatField } from '../src/config/format.ts';
import { loadCluster } from '../src/config/load.ts';
import { mapsAt } from '../src/kubernetes/fields.ts';
import type { Container, PodSpec } from '../src/kubernetes/types.ts';
import { assumptionsOf } from '../src/operations/assumptions.ts';
import type { Prepared } from '../src/operations/configure/configure.ts';
import { textOf } from '../src/operations/configure/leaks.ts';
import { home, preparedHome } from './home.ts';
import { chartsOf, gatewaysBesideCharts, openBesideCharts } from './openBesideCharts.ts';
import { unprovided, variants } from './variants.ts';

/** The contract that every component of the catalogue keeps, in every configuration. */
describe.each(variants)('$name', (variant) => {
  // Nothing below changes it.
  let prepared: Prepared;
  beforeAll(async () => {
    prepared = await preparedHome(variant);
  });

  const pods = (plan: Plan): { name: string; kind: string; spec: PodSpec }[] =>
    plan.objects.flatMap(({ object }) => {
      const template = (object as { spec?: { template?: { spec?: PodSpec } } }).spec?.template?.spec;
      return template
        ? [{ name: `${object.kind} ${object.metadata.name}`, kind: object.kind, spec: template }]
        : [];
    });
  const containers = (spec: PodSpec): Container[] => [...spec.containers, ...(spec.initContainers ?? [])];

  it('has proofs, all of them proved but what a chart may change, which is named', async () => {
    expect([...prepared.analysis.proofs, ...prepared.fileProofs].length).toBeGreaterThan(10);
    expect(openBesideCharts(prepared)).toEqual([]);
    const charts = chartsOf(prepared.plan);
    // A chart can open ports and make pods where it is installed, and nothing else.
    const namespaces = new Set(charts.map(({ object: { metadata } }) => metadata.namespace));
    const mayBeOpen = [
      ...['Exactly one node port is open', 'No load balancer and no external address leads in'],
      ...['No Ingress leads in', 'No pod opens a port of its node'],
      ...[...namespaces].map((namespace) => `Namespace ${namespace} denies by default in both directions`),
    ];
    const beside = [
      ...charts.map(({ object: { metadata } }) => `HelmRelease ${metadata.namespace}/${metadata.name}`),
      ...gatewaysBesideCharts(prepared.plan),
    ];
    const aboutConnections = new Set<string>(['backend-clients', 'internal-clients', 'ways-work']);
    const open = [...prepared.analysis.proofs, ...prepared.fileProofs]
      .filter(({ verdict }) => verdict !== 'proved')
      // An exception of the configuration is accepted until its last day.
      .filter((proof) => !prepared.accepted.some((each) => each.proof === proof))
      .filter(
        ({ invariant, sentence }) =>
          !(aboutConnections.has(invariant) && beside.some((name) => sentence.includes(name))),
      );
    expect(mayBeOpen).toEqual(expect.arrayContaining(open.map(({ claim }) => claim)));
  });

  it('is named in the list of what is left, with a document that says how it is set up', () => {
    const documents = new Set(prepared.plan.files.map(({ path }) => path));
    for (const { name, listing } of catalogue) {
      expect({ name, title: listing?.title }).toEqual({ name, title: expect.stringMatching(/^\S.*\S$/) });
      if ((prepared.plan.filesOf.get(name) ?? []).length > 0) expect(documents).toContain(listing?.guide);
    }
  });

  it('names the component of every file of objects, entry, and Secret', () => {
    const named = new Set([...prepared.plan.filesOf.values()].flat());
    const made = [
      ...prepared.plan.objects.map(({ file }) => file),
      ...prepared.plan.encrypted.map(({ path }) => path),
      ...prepared.plan.files
        .map(({ path }) => path)
        .filter((path) => /^(?:apps|talos)\/|^clusters\/[^/]+\/kustomization/.test(path)),
    ];
    expect(made.filter((path) => !named.has(path))).toEqual([]);
    const planned = new Set(prepared.files.map(({ path }) => path));
    expect([...named].filter((path) => !planned.has(path))).toEqual([]);
  });

  it('builds no object twice', async () => {
    const { repository } = prepared;
    const names = repository.objects.map(
      ({ object: { kind, metadata } }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
    );
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('says of every kind what is lost with its objects, and keeps Flux from pruning what holds data', async () => {
    const { plan } = prepared;
    const all = [...plan.objects, ...plan.encrypted].map(({ object }) => object);
    const named = ({ kind, metadata }: (typeof all)[number]) => `${kind} ${metadata.name}`;
    expect(all.filter((object) => !isKindKnown(object)).map(named)).toEqual([]);
    const holding = all.filter((object) => heldData(object) !== undefined);
    expect(holding.map(({ kind }) => kind)).toContain('Namespace');
    expect(holding.filter((object) => !isKept(object)).map(named)).toEqual([]);
  });

  it('keeps Helm from deleting claims and definitions with a release', async () => {
    const { plan } = prepared;
    for (const { object } of chartsOf(plan)) {
      const patches = mapsAt(object, 'spec', 'postRenderers').flatMap((each) =>
        mapsAt(each, 'kustomize', 'patches'),
      );
      const keeping = patches.filter(({ patch }) =>
        /^ {4}helm.sh\/resource-policy: keep$/m.test(String(patch)),
      );
      expect(
        keeping.map(({ target }) => target),
        object.metadata.name,
      ).toEqual([{ kind: 'PersistentVolumeClaim' }, { kind: 'CustomResourceDefinition' }]);
    }
  });

  it('pins every image, limits memory, and gives nothing away', async () => {
    const { plan } = prepared;
    expect(pods(plan).length).toBeGreaterThan(3);
    for (const { name, spec } of pods(plan)) {
      expect(spec.automountServiceAccountToken, name).toBe(false);
      expect(spec.securityContext?.seccompProfile?.type, name).toBe('RuntimeDefault');
      for (const container of containers(spec)) {
        expect(container.image, name).toMatch(/:(?!latest$)[\w.-]+$/);
        expect(container.resources?.requests?.['memory'], name).toBeDefined();
        expect(container.resources?.limits?.['memory'], name).toBeDefined();
        expect(container.securityContext?.allowPrivilegeEscalation, name).toBe(false);
        expect(container.securityContext?.capabilities?.drop, name).toEqual(['ALL']);
      }
    }
  });

  it('probes what is meant to run', async () => {
    const { plan } = prepared;
    for (const { name, kind, spec } of pods(plan)) {
      if (kind === 'Job') continue;
      for (const container of spec.containers) {
        expect(container.livenessProbe, name).toBeDefined();
        expect(container.readinessProbe, name).toBeDefined();
      }
    }
  });

  it('names every Secret that a pod reads, with the command that makes it', async () => {
    const { plan } = prepared;
    const encrypted = plan.encrypted.map(({ object }) => object.metadata.name);
    const made = new Set([...plan.secrets.map(({ name }) => name), ...encrypted]);
    const read = pods(plan).flatMap(({ spec }) =>
      (spec.volumes ?? []).flatMap(({ secret }) => (secret?.secretName ? [secret.secretName] : [])),
    );
    for (const name of read) expect(made).toContain(name);
    const quickstart = plan.files.find(({ path }) => path === 'docs/quickstart.md');
    for (const { name, namespace, sops } of plan.secrets) {
      if (sops !== undefined) {
        expect(encrypted).toContain(name);
        continue;
      }
      expect(quickstart && textOf(quickstart)).toContain(
        `kubectl -n ${namespace} create secret generic ${name}`,
      );
    }
  });

  it('mounts no key of a Secret that is not named', async () => {
    const { plan } = prepared;
    for (const { spec, name } of pods(plan)) {
      for (const { secret } of spec.volumes ?? []) {
        const need = plan.secrets.find((candidate) => candidate.name === secret?.secretName);
        for (const { key } of secret?.items ?? [])
          expect(
            need?.keys.map((known) => known.key),
            name,
          ).toContain(key);
      }
    }
  });

  it('asks the running cluster about each component that serves somebody', () => {
    const { objects, checks } = prepared.plan;
    const serves = (kind: string, template: unknown): boolean =>
      ['Service', 'Ingress', 'HTTPRoute', 'GRPCRoute', 'HelmRelease', 'CronJob'].includes(kind) ||
      (template !== undefined && kind !== 'Job');
    const serving = objects.filter(({ object }) =>
      serves(object.kind, (object as { spec?: { template?: unknown } }).spec?.template),
    );
    const asked = new Set(checks.map(({ component }) => component));
    expect(serving.length).toBeGreaterThan(3);
    expect(
      [...new Set(serving.map(({ component }) => component))].filter((name) => !asked.has(name)),
    ).toEqual([]);
    for (const check of checks) {
      expect(check.id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
      expect(check.promise).toMatch(/^[A-Za-z].*[^.]$/);
      expect(check.remedy).not.toBe('');
    }
    const ids = checks.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('refers to no private value that is not given', async () => {
    const { plan, configuration } = prepared;
    const known = new Set(configuration.loaded.private.keys());
    for (const { object, file } of plan.objects) {
      if (object.metadata.annotations?.['kustomize.toolkit.fluxcd.io/substitute'] === 'disabled') continue;
      for (const [, name] of JSON.stringify(object).matchAll(/\$\{([^}]*)\}/g))
        expect(known, file).toContain(name);
    }
  });

  it('says of every object which line of the configuration made it', async () => {
    const { plan, configuration } = prepared;
    for (const { field, object } of plan.objects) {
      const [section = ''] = field.split('.');
      const at = configuration.loaded.places.cluster.locate([section], 'key');
      expect(at, `${object.kind} ${object.metadata.name}: ${field}`).toBeDefined();
    }
  });

  it('gives the same bytes for the same input', async () => {
    const other = await preparedHome(variant);
    expect(prepared.plan.files).toEqual(other.plan.files);
  });
});

/** The paths of all values that a user can write, with `*` for names and indexes. */
function leafPaths(field: Field, path: string[] = []): string[] {
  const options = field.anyOf ?? field.oneOf;
  if (options) return options.flatMap((option) => leafPaths(option, path));
  if (field.properties)
    return Object.entries(field.properties).flatMap(([name, child]) => leafPaths(child, [...path, name]));
  if (field.additionalProperties) return leafPaths(field.additionalProperties, [...path, '*']);
  if (field.items) return leafPaths(field.items, [...path, '*']);
  return [path.join('.')];
}

describe('the schema', () => {
  it('marks each field public, private or secret', () => {
    const unmarked = (field: Field, path: string, marked: boolean): string[] => {
      const mark = marked || field.visibility !== undefined;
      const options = field.anyOf ?? field.oneOf;
      if (options) return options.flatMap((option) => unmarked(option, path, mark));
      if (field.properties)
        return Object.entries(field.properties).flatMap(([name, child]) =>
          unmarked(child, `${path}.${name}`, mark),
        );
      if (field.additionalProperties) return unmarked(field.additionalProperties, `${path}.*`, mark);
      if (field.items) return unmarked(field.items, `${path}.*`, mark);
      return mark ? [] : [path];
    };
    expect(unmarked(fieldsOf(clusterSchema), '', false)).toEqual([]);
  });

  it('documents each field', () => {
    const silent = (field: Field, path: string): string[] => [
      ...(field.description || path === '' || path.endsWith('*') ? [] : [path]),
      ...Object.entries(field.properties ?? {}).flatMap(([name, child]) => silent(child, `${path}.${name}`)),
      ...(field.anyOf ?? field.oneOf ?? []).flatMap((option) =>
        Object.entries(option.properties ?? {}).flatMap(([name, child]) => silent(child, `${path}.${name}`)),
      ),
    ];
    expect(silent(fieldsOf(clusterSchema), '')).toEqual([]);
  });

  it('declares no field that nothing reads', async () => {
    const read = new Set<string>();
    const fields = fieldsOf(clusterSchema);
    for (const variant of [...variants, ...unprovided]) {
      const directory = home(variant.example);
      if (variant.cluster) directory.edit('cluster.yaml', variant.cluster);
      if (variant.privateFile) directory.edit('cluster.private.yaml', variant.privateFile);
      const file = (name: string) => ({ file: name, bytes: new TextEncoder().encode(directory.read(name)) });
      const { loaded } = loadCluster(
        { cluster: file('cluster.yaml'), privateFile: file('cluster.private.yaml') },
        clusterSchema,
      );
      if (loaded === undefined) throw new Error(variant.name);
      const seen = { ...loaded, cluster: watched(loaded.cluster, [], read, fields) };
      compile(seen, catalogue);
      assumptionsOf({ directory: directory.path, loaded: seen, identities: [] });
    }
    const declared = leafPaths(fields);
    // Other commands read these: the format and the key before anything compiles, the UID before the cluster is asked, what ends
    // while it is asked.
    const calendar = ['what', 'ends', 'renew'].map((name) => `calendar.*.${name}`);
    const elsewhere = ['secrets.hashKey', formatField, 'cluster.uid', ...calendar];
    const unread = declared.filter(
      (path) => !read.has(path) && !path.endsWith('.enabled') && !elsewhere.includes(path),
    );
    expect(unread).toEqual([]);
  });
});

/** The same value, which writes down the path of everything that is read of it. */
function watched<T>(value: T, path: string[], read: Set<string>, fields: Field): T {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, key, receiver) {
      const child = Reflect.get(target, key, receiver);
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return child;
      const named =
        Array.isArray(target) ||
        fieldsAt(fields, path).some(({ additionalProperties }) => Boolean(additionalProperties));
      const at = [...path, named ? '*' : key];
      read.add(at.join('.'));
      return watched(child, at, read, fields);
    },
  });
}
