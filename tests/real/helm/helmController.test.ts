// Crosses the modules commands, operations/check, manifests/helm and reachability, with the real helm.
import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { realSuite } from '../fixtures/suite.ts';
import {
  chart,
  ownRelease,
  proofOf,
  repository,
  soleUnknown,
  testRepository,
  web,
} from './testRepository.ts';

realSuite('what helm-controller does with a rendered chart', ['helm'], ({ helm }) => {
  test('applies post renderers, and is unknown with one that it does not support', async () => {
    const patch = (text: string): string =>
      `  postRenderers: [{kustomize: {patches: [{target: {kind: Service}, patch: '${text}'}]}}]\n`;
    const files = chart('charts/web', web);
    const merge = patch('{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {type: LoadBalancer}}');
    const { check } = testRepository(helm, { ...repository(ownRelease('web', merge)), ...files });
    const report = await check('--render');
    expect(report.unknowns).toEqual([]);
    expect(proofOf(report, 'load-balancers')?.verdict).toBe('refuted');
    const broken = testRepository(helm, {
      ...repository(ownRelease('web', patch('{spec: {$patch: nonsense}}'))),
      ...files,
    });
    expect(soleUnknown(await broken.check('--render')).sentence).toContain(
      'its postRenderers[0] is not applied',
    );
  });

  test('marks hooks, leaves out tests, and is unknown if a policy is a hook', async () => {
    const job = (event: string): string =>
      `apiVersion: batch/v1\nkind: Job\nmetadata: {name: ${event}, annotations: {helm.sh/hook: ${event}}}\nspec: {template: {metadata: {labels: {app: ${event}}}, spec: {restartPolicy: Never, hostNetwork: true, containers: [{name: a, image: a}]}}}\n`;
    const { check } = testRepository(helm, {
      ...repository(ownRelease('web')),
      ...chart('charts/web', { 'a.yaml': job('post-install'), 'b.yaml': job('test') }),
    });
    const report = await check('--render');
    expect(proofOf(report, 'host-ports')?.sentence).toContain('Job media/post-install');
    expect(proofOf(report, 'host-ports')?.sentence).not.toContain('Job media/test');
    const finding = report.findings.find(({ invariant }) => invariant === 'host-ports');
    expect(finding?.object?.template).toBe('web/templates/a.yaml (hook post-install)');
    const policy =
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, annotations: {helm.sh/hook: pre-install}}\nspec: {podSelector: {}}\n';
    const hooked = testRepository(helm, {
      ...repository(ownRelease('web')),
      ...chart('charts/web', { ...web, 'p.yaml': policy }),
    });
    expect(soleUnknown(await hooked.check('--render')).sentence).toContain('is a hook (pre-install)');
  });

  test.each([
    ['suspend: true', 'it is suspended'],
    ['kubeConfig: {secretRef: {name: other}}', 'it is installed into the cluster of its kubeConfig'],
    ['upgrade: {preserveValues: true}', 'upgrades keep the values of earlier ones'],
  ])('is unknown with %s', async (field, why) => {
    const { check } = testRepository(helm, {
      ...repository(ownRelease('web', `  ${field}\n`)),
      ...chart('charts/web', web),
    });
    expect(soleUnknown(await check('--render')).sentence).toContain(why);
  });

  test('does not read a chart with a link that leads out of its directory', async () => {
    const { check, path } = testRepository(helm, {
      ...repository(ownRelease('web')),
      ...chart('charts/web', web),
    });
    const secret = join(inject('realScratch'), 'outside.txt');
    writeFileSync(secret, 'hunter2');
    symlinkSync(secret, join(path, 'charts/web/templates/linked.txt'));
    expect(existsSync(join(path, 'charts/web/templates/linked.txt'))).toBe(true);
    const report = await check('--render');
    expect(soleUnknown(report).sentence).toContain('the link templates/linked.txt leads out of it');
    expect(report.stdout).not.toContain('hunter2');
  });

  test('reports what a branch opens by a change of a chart', async () => {
    const { check, path, write } = testRepository(helm, {
      ...repository(ownRelease('web')),
      ...chart('charts/web', web),
    });
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: path });
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'before');
    expect((await check('--render', '--base', 'HEAD')).changes?.opens).toEqual([]);
    write({ 'charts/web/values.yaml': 'service: {type: NodePort}\n' });
    const { changes } = await check('--render', '--base', 'HEAD');
    expect(changes?.opens.map(({ sentence }) => sentence).join('\n')).toContain(
      'Service media/web (NodePort',
    );
  });
});
