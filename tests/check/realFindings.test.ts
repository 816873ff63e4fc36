// Crosses the command line, the manifest loader, the validator, the prover and the reports.
import { describe, expect, it } from 'vitest';
import { enforced, place } from './place.ts';

interface Finding {
  invariant: string;
  verdict: string;
  claim: string;
  sentence: string;
  object?: { kind: string; name: string };
  fix: string;
}

async function findingsOf(files: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
  const { stdout } = await place(files).check('--json', ...enforced);
  return JSON.parse(stdout).findings;
}

const structure = ({ invariant }: Finding): boolean => invariant === 'objects-valid';

const autoscaler = (least: number, metric: string): string =>
  `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web, namespace: media}\nspec: {minReplicas: ${least}, maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, metrics: [${metric}]}\n`;
const external =
  '{type: External, external: {metric: {name: probe_success}, target: {type: Value, value: "1"}}}';
const described =
  '{type: Object, object: {metric: {name: a}, describedObject: {apiVersion: v1, kind: Service, name: web}, target: {type: Value, value: "1"}}}';
const cpu = '{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}';

describe('an autoscaler that scales to zero', () => {
  it.each([external, described, `${cpu}, ${external}`])('may be accepted with %s', async (metrics) => {
    const found = (await findingsOf({ 'a.yaml': autoscaler(0, metrics) })).filter(structure);
    expect(found.map(({ verdict }) => verdict)).toEqual(['unknown']);
    expect(found[0]?.sentence).toContain('HPAScaleToZero');
  });

  it.each([
    [0, cpu],
    [-1, external],
  ])('is refused with %i and %s', async (least, metrics) => {
    const found = (await findingsOf({ 'a.yaml': autoscaler(least, metrics) })).filter(structure);
    expect(found.map(({ verdict }) => verdict)).toEqual(['refuted']);
  });
});

const alert = (kind: string): string =>
  `apiVersion: notification.toolkit.fluxcd.io/v1beta3\nkind: Alert\nmetadata: {name: a, namespace: flux-system}\nspec: {providerRef: {name: a}, eventSources: [{kind: ${kind}, name: "*"}]}\n`;
const receiver = (kind: string): string =>
  `apiVersion: notification.toolkit.fluxcd.io/v1\nkind: Receiver\nmetadata: {name: a, namespace: flux-system}\nspec: {type: github, secretRef: {name: a}, resources: [{kind: ${kind}, name: "*"}]}\n`;
const release = (chart: string): string =>
  `apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: c, namespace: flux-system}\nspec: {interval: 1h, url: "oci://ghcr.io/controlplaneio-fluxcd/charts/${chart}", ref: {tag: 0.58.1}}\n---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: c, namespace: flux-system}\nspec: {interval: 1h, chartRef: {kind: OCIRepository, name: c}}\n`;
const instance =
  'apiVersion: fluxcd.controlplane.io/v1\nkind: FluxInstance\nmetadata: {name: flux, namespace: flux-system}\nspec: {distribution: {version: 2.x, registry: ghcr.io/fluxcd}}\n';

describe('kinds that the Flux Operator adds to alerts and receivers', () => {
  it.each([
    ['FluxInstance', instance],
    ['ResourceSet', instance],
    ['ResourceSetInputProvider', release('flux-instance')],
    ['FluxInstance', release('flux-instance')],
  ])('are accepted where it installs Flux: %s', async (kind, operator) => {
    const found = await findingsOf({ 'a.yaml': `${alert(kind)}---\n${receiver(kind)}---\n${operator}` });
    expect(found.filter(structure)).toEqual([]);
  });

  it.each([
    ['FluxInstance', release('podinfo')],
    ['FluxReport', instance],
  ])('are unknown where it does not, as is each other kind: %s', async (kind, others) => {
    const found = await findingsOf({ 'a.yaml': `${alert(kind)}---\n${receiver(kind)}---\n${others}` });
    expect(found.filter(structure).map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown']);
  });
});

describe('the fix of an unknown', () => {
  it('is that of what decides it, and not that of another reason about the same object', async () => {
    const cilium = `${release('cilium').replaceAll('name: c,', 'name: cilium,').replace('name: c}}', 'name: cilium}, values: {localRedirectPolicies: {enabled: true}}}')}`;
    const found = await findingsOf({ 'a.yaml': cilium });
    const { fix } = found.find(({ invariant }) => invariant === 'ingresses') ?? { fix: '' };
    expect(fix).toContain('helm pull');
  });
});

describe('a pod in the network of its node', () => {
  it('opens ports that its program picks, where it names none', async () => {
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: lb, namespace: media}\nspec: {hostNetwork: true, containers: [{name: lb, image: "lb:1", ports: []}]}\n';
    const found = await findingsOf({ 'a.yaml': pod });
    const { sentence } = found.find(({ invariant }) => invariant === 'host-ports') ?? { sentence: '' };
    expect(sentence).toContain('the ports that its program picks');
  });
});
