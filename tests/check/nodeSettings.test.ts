// Crosses the command line, the loader and the prover: files that configure nodes, and are no Kubernetes objects.
import { describe, expect, it } from 'vitest';
import { gatehouse } from '../program.ts';
import { environmentOf } from '../testDirectory.ts';
import { app, enforced, place } from './place.ts';

const kustomization =
  'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [app.yaml]\n';
const talos = ['--enforcer', 'kube-network-policies', '--pods', '10.42.0.0/16', '--lan', '192.0.2.0/24'];
const cni = (value: string): string => `cluster: {network: {cni: ${value}}}\n`;

describe('a check beside the configuration of nodes', () => {
  it.each<[says: string, file: string, text: string, flags: readonly string[]]>([
    ['disable-network-policy: true', 'k3s/config.yaml', 'disable-network-policy: true\n', enforced],
    ['flannel-backend: "none"', 'etc/rancher/k3s/config.yaml.d/a.yaml', 'flannel-backend: none\n', enforced],
    ['cluster.network.cni.name: "none"', 'talos/patches/cni.yaml', cni('{name: none}'), talos],
    ['cluster.network.cni.flannel', 'talos/patches/cni.yaml', cni('{name: flannel}'), talos],
  ])('is unknown because of %s', async (says, file, text, flags) => {
    const at = place({ 'apps/kustomization.yaml': kustomization, 'apps/app.yaml': app, [file]: text });
    const { code, stdout } = await at.check(...flags);
    expect(code).toBe(4);
    expect(stdout).toContain(`${file} says ${says}`);
    at.write(file, 'a: b\n');
    expect((await at.check(...flags)).code).toBe(0);
  });

  it('is proved where Talos enables the policies of flannel', async () => {
    const text = cni('{name: flannel, flannel: {kubeNetworkPoliciesEnabled: true}}');
    const at = place({
      'apps/kustomization.yaml': kustomization,
      'apps/app.yaml': app,
      'talos/cni.yaml': text,
    });
    expect((await at.check(...talos)).code).toBe(0);
  });

  it('makes the answer to a question unknown too', async () => {
    const { path, write } = place({ 'apps/kustomization.yaml': kustomization, 'apps/app.yaml': app });
    const question = [...enforced, '--json', '--from', '192.0.2.7', '--to', 'media/app:80'];
    const ask = async (): Promise<unknown> => {
      const { stdout } = await gatehouse({ path, environment: environmentOf(path) }, 'reach', ...question);
      return JSON.parse(stdout).verdict;
    };
    expect(await ask()).toBe('blocked');
    write('k3s/config.yaml', 'disable-network-policy: true\n');
    expect(await ask()).toBe('unknown');
  });
});
