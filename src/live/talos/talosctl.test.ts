import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Home, makeHome } from '../../../tests/live/apiServer.ts';
import { feature, key, printed, recordedTalosctl } from '../../../tests/live/talosctl.ts';
import { talosNodes } from './talosctl.ts';

// A program of that name answers with recorded output: no registry has talosctl, and there is no Talos here.
let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home[Symbol.asyncDispose]());

const nodes = (script: string) => {
  const bin = recordedTalosctl(home.path, script);
  return talosNodes(home.environment({ env: { PATH: `${bin}:/usr/bin:/bin`, HOME: home.path } }));
};

it('is undefined where talosctl is not installed', () => {
  expect(talosNodes(home.environment({ env: { PATH: home.path } }))).toBeUndefined();
});

it('asks each node once, with the configuration of the user', async () => {
  writeFileSync(join(home.path, 'output'), printed(feature));
  const talos = nodes('echo "talosctl $*" >>"$HOME/asked"; cat "$HOME/output"');
  const access = { roles: ['os:admin', 'os:etcd:backup'], namespaces: ['system-upgrade', 'kube-system'] };
  const found = await Promise.all([talos?.access('192.0.2.10'), talos?.access('192.0.2.10')]);
  expect(found).toEqual([
    { document: undefined, feature: access },
    { document: undefined, feature: access },
  ]);
  expect(readFileSync(join(home.path, 'asked'), 'utf8')).toBe(
    'talosctl -n 192.0.2.10 get machineconfig v1alpha1 -o yaml\n',
  );
});

it('says how it failed, and shows no key', async () => {
  const talos = nodes(`echo 'key: ${key}'; echo 'first' >&2; echo 'rpc error: ${key}' >&2; exit 1`);
  const found = await talos?.access('192.0.2.10');
  expect(found).toEqual({ why: 'talosctl failed (1): rpc error: …' });
});

it('says that what was printed is no machine configuration, and does not show it', async () => {
  expect(await nodes(`echo '${key}'`)?.access('192.0.2.10')).toEqual({
    why: 'talosctl printed no machine configuration',
  });
});
