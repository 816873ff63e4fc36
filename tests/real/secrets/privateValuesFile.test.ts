// Crosses commands, private-values and secrets, with the real sops.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { gatehouse } from '../../program.ts';
import { type Folder, homeFolder } from '../../testDirectory.ts';
import { realSuite } from '../fixtures/suite.ts';
import { runSops } from './sopsProgram.ts';

const privateFile = 'cluster.private.sops.yaml';

/** The example home with a private values file that "secrets edit" has encrypted. */
async function encryptedHome(): Promise<Folder & { keys: string; plain: unknown }> {
  const folder = homeFolder();
  const plain: unknown = parse(folder.read('cluster.private.yaml'));
  const env = { ...folder.environment.env, EDITOR: 'true' };
  const edited = { path: folder.path, environment: { ...folder.environment, env } };
  expect(await gatehouse(edited, 'secrets', 'edit')).toMatchObject({ code: 0, stderr: '' });
  return { ...folder, keys: readFileSync(`${folder.path}.agekey`, 'utf8'), plain };
}

realSuite('the private values file and the real sops', ['sops'], ({ sops }) => {
  test('sops decrypts what "secrets edit" encrypted to the same values', async () => {
    using folder = await encryptedHome();
    const { code, output, errors } = await runSops(sops, folder.path, ['decrypt', privateFile], folder);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(parse(output)).toEqual(folder.plain);
  });

  test('sops reads what "secrets set" sets; Gatehouse reads and compiles what "sops set" sets', async () => {
    using folder = await encryptedHome();
    const set = (field: string, input: string) => gatehouse({ ...folder, input }, 'secrets', 'set', field);
    expect(await set('immich.host', 'bilder.unser-haus.test\n')).toMatchObject({ code: 0 });
    const extracted = await runSops(
      sops,
      folder.path,
      ['decrypt', '--extract', '["immich"]["host"]', privateFile],
      folder,
    );
    expect(extracted).toMatchObject({ code: 0, output: 'bilder.unser-haus.test' });

    const before = folder.read(privateFile);
    const theirs = ['set', privateFile, '["immich"]["host"]', '"fotos.unser-haus.test"'];
    expect(await runSops(sops, folder.path, theirs, folder)).toMatchObject({ code: 0 });
    expect(folder.read(privateFile)).not.toBe(before);
    expect(await gatehouse(folder, 'secrets', 'get', 'immich.host')).toMatchObject({
      code: 0,
      stdout: 'fotos.unser-haus.test\n',
    });
    expect(await gatehouse(folder, 'configure')).toMatchObject({ code: 0, stderr: '' });

    expect(await set('originProxy.team', 'another-team')).toMatchObject({ code: 0 });
    const whole = await runSops(sops, folder.path, ['decrypt', privateFile], folder);
    expect(parse(whole.output)).toMatchObject({
      immich: { host: 'fotos.unser-haus.test' },
      originProxy: { team: 'another-team' },
    });
  });

  test('"sops edit" uses the .sops.yaml of configure and keeps other values', async () => {
    using folder = await encryptedHome();
    expect(await gatehouse(folder, 'configure')).toMatchObject({ code: 0, stderr: '' });
    const editor = join(inject('realScratch'), 'editor.sh');
    writeFileSync(editor, '#!/bin/sh\nsed -i s/photos.example.org/album.example.org/ "$1"\n', {
      mode: 0o755,
    });
    const before = folder.read(privateFile);
    const edited = await runSops(sops, folder.path, ['edit', privateFile], {
      keys: folder.keys,
      env: { EDITOR: editor },
    });
    expect(edited).toMatchObject({ code: 0 });
    const sealed = (text: string, name: string) => new RegExp(`^ *${name}: (ENC\\S+)`, 'm').exec(text)?.[1];
    expect(sealed(folder.read(privateFile), 'host')).not.toBe(sealed(before, 'host'));
    expect(sealed(folder.read(privateFile), 'team')).toBe(sealed(before, 'team'));
    expect((await gatehouse(folder, 'secrets', 'get', 'immich.host')).stdout).toBe('album.example.org\n');
    expect((await gatehouse(folder, 'scan')).code).toBe(0);
    const added = await runSops(
      sops,
      folder.path,
      ['encrypt', '--filename-override', privateFile, '--input-type', 'yaml'],
      { keys: folder.keys, input: 'immich:\n  host: photos.example.org\n' },
    );
    // sops encrypts every value of a file by our rule.
    expect(added).toMatchObject({ code: 0 });
    expect(added.output).toMatch(/host: ENC\[/);
  });

  test('sops decrypts every Secret that configure delivers', async () => {
    using folder = await encryptedHome();
    folder.edit('cluster.yaml', (value) => {
      value.immich.database = { delivery: 'sops' };
    });
    expect(await gatehouse(folder, 'configure')).toMatchObject({ code: 0, stderr: '' });
    const password = (await gatehouse(folder, 'secrets', 'get', 'immich.database.password')).stdout.trimEnd();
    for (const [file, key, value] of [
      ['apps/media/immich/secret.sops.yaml', 'password', password],
      ['clusters/home/flux/values.sops.yaml', 'IMMICH_HOST', 'photos.example.org'],
    ] as const) {
      const { code, output } = await runSops(sops, folder.path, ['decrypt', file], folder);
      expect(code).toBe(0);
      expect(Buffer.from(parse(output).data[key], 'base64').toString()).toBe(value);
    }
  });

  test('a change by "sops set" in a Secret of ours is an edit of the user and is not overwritten', async () => {
    using folder = await encryptedHome();
    expect(await gatehouse(folder, 'configure')).toMatchObject({ code: 0, stderr: '' });
    const file = 'clusters/home/flux/values.sops.yaml';
    const written = folder.read(file);
    const value = JSON.stringify(Buffer.from('203.0.113.0/24').toString('base64'));
    const theirs = await runSops(sops, folder.path, ['set', file, '["data"]["LAN_RANGE_1"]', value], folder);
    expect(theirs).toMatchObject({ code: 0 });
    const edited = folder.read(file);
    // sops keeps the line with the hash of the previous content.
    expect(edited.split('\n', 1)).toEqual(written.split('\n', 1));
    const refused = await gatehouse(folder, 'configure');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/edited-by-hand/);
    expect(folder.read(file)).toBe(edited);
    expect((await gatehouse(folder, 'configure', '--accept', 'theirs')).code).toBe(0);
    expect((await gatehouse(folder, 'configure')).stdout).toMatch(/unchanged|nothing/i);
    const { output } = await runSops(sops, folder.path, ['decrypt', file], folder);
    expect(Buffer.from(parse(output).data.LAN_RANGE_1, 'base64').toString()).not.toBe('203.0.113.0/24');
  });
});
