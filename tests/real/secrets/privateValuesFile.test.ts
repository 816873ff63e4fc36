// Crosses commands, private-values and secrets, with the real sops.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { gatehouse } from '../../program.ts';
import { exampleDirectory, type TestDirectory } from '../../testDirectory.ts';
import { realSuite } from '../fixtures/suite.ts';
import { runSops } from './sopsProgram.ts';

const privateFile = 'cluster.private.sops.yaml';

/** The example home with a private values file that "secrets edit" has encrypted. */
async function encryptedHome(): Promise<TestDirectory & { keys: string; plain: unknown }> {
  const directory = exampleDirectory();
  const plain: unknown = parse(directory.read('cluster.private.yaml'));
  const env = { ...directory.environment.env, EDITOR: 'true' };
  const edited = { path: directory.path, environment: { ...directory.environment, env } };
  expect(await gatehouse(edited, 'secrets', 'edit')).toMatchObject({ code: 0, stderr: '' });
  return { ...directory, keys: readFileSync(`${directory.path}.agekey`, 'utf8'), plain };
}

realSuite('the private values file and the real sops', ['sops'], ({ sops }) => {
  test('sops decrypts what "secrets edit" encrypted to the same values', async () => {
    using directory = await encryptedHome();
    const { code, output, errors } = await runSops(sops, directory.path, ['decrypt', privateFile], directory);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(parse(output)).toEqual(directory.plain);
  });

  test('sops reads what "secrets set" sets; Gatehouse reads and compiles what "sops set" sets', async () => {
    using directory = await encryptedHome();
    const set = (field: string, input: string) => gatehouse({ ...directory, input }, 'secrets', 'set', field);
    expect(await set('immich.host', 'bilder.unser-haus.test\n')).toMatchObject({ code: 0 });
    const extracted = await runSops(
      sops,
      directory.path,
      ['decrypt', '--extract', '["immich"]["host"]', privateFile],
      directory,
    );
    expect(extracted).toMatchObject({ code: 0, output: 'bilder.unser-haus.test' });

    const before = directory.read(privateFile);
    const theirs = ['set', privateFile, '["immich"]["host"]', '"fotos.unser-haus.test"'];
    expect(await runSops(sops, directory.path, theirs, directory)).toMatchObject({ code: 0 });
    expect(directory.read(privateFile)).not.toBe(before);
    expect(await gatehouse(directory, 'secrets', 'get', 'immich.host')).toMatchObject({
      code: 0,
      stdout: 'fotos.unser-haus.test\n',
    });
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });

    expect(await set('originProxy.team', 'another-team')).toMatchObject({ code: 0 });
    const whole = await runSops(sops, directory.path, ['decrypt', privateFile], directory);
    expect(parse(whole.output)).toMatchObject({
      immich: { host: 'fotos.unser-haus.test' },
      originProxy: { team: 'another-team' },
    });
  });

  test('"sops edit" uses the .sops.yaml of configure and keeps other values', async () => {
    using directory = await encryptedHome();
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
    const editor = join(inject('realScratch'), 'editor.sh');
    writeFileSync(editor, '#!/bin/sh\nsed -i s/photos.example.org/album.example.org/ "$1"\n', {
      mode: 0o755,
    });
    const before = directory.read(privateFile);
    const edited = await runSops(sops, directory.path, ['edit', privateFile], {
      keys: directory.keys,
      env: { EDITOR: editor },
    });
    expect(edited).toMatchObject({ code: 0 });
    const sealed = (text: string, name: string) => new RegExp(`^ *${name}: (ENC\\S+)`, 'm').exec(text)?.[1];
    expect(sealed(directory.read(privateFile), 'host')).not.toBe(sealed(before, 'host'));
    expect(sealed(directory.read(privateFile), 'team')).toBe(sealed(before, 'team'));
    expect((await gatehouse(directory, 'secrets', 'get', 'immich.host')).stdout).toBe('album.example.org\n');
    expect((await gatehouse(directory, 'scan')).code).toBe(0);
    const added = await runSops(
      sops,
      directory.path,
      ['encrypt', '--filename-override', privateFile, '--input-type', 'yaml'],
      { keys: directory.keys, input: 'immich:\n  host: photos.example.org\n' },
    );
    // sops encrypts every value of a file by our rule.
    expect(added).toMatchObject({ code: 0 });
    expect(added.output).toMatch(/host: ENC\[/);
  });

  test('sops decrypts every Secret that configure delivers', async () => {
    using directory = await encryptedHome();
    directory.edit('cluster.yaml', (value) => {
      value.immich.database = { delivery: 'sops' };
    });
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
    const password = (
      await gatehouse(directory, 'secrets', 'get', 'immich.database.password')
    ).stdout.trimEnd();
    for (const [file, key, value] of [
      ['apps/media/immich/secret.sops.yaml', 'password', password],
      ['clusters/home/flux/values.sops.yaml', 'IMMICH_HOST', 'photos.example.org'],
    ] as const) {
      const { code, output } = await runSops(sops, directory.path, ['decrypt', file], directory);
      expect(code).toBe(0);
      expect(Buffer.from(parse(output).data[key], 'base64').toString()).toBe(value);
    }
  });

  test('a change by "sops set" in a Secret of ours is an edit of the user and is not overwritten', async () => {
    using directory = await encryptedHome();
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
    const file = 'clusters/home/flux/values.sops.yaml';
    const written = directory.read(file);
    const value = JSON.stringify(Buffer.from('203.0.113.0/24').toString('base64'));
    const theirs = await runSops(
      sops,
      directory.path,
      ['set', file, '["data"]["LAN_RANGE_1"]', value],
      directory,
    );
    expect(theirs).toMatchObject({ code: 0 });
    const edited = directory.read(file);
    // sops keeps the line with the hash of the previous content.
    expect(edited.split('\n', 1)).toEqual(written.split('\n', 1));
    const refused = await gatehouse(directory, 'configure');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/edited-by-hand/);
    expect(directory.read(file)).toBe(edited);
    expect((await gatehouse(directory, 'configure', '--accept', 'theirs')).code).toBe(0);
    expect((await gatehouse(directory, 'configure')).stdout).toMatch(/unchanged|nothing/i);
    const { output } = await runSops(sops, directory.path, ['decrypt', file], directory);
    expect(Buffer.from(parse(output).data.LAN_RANGE_1, 'base64').toString()).not.toBe('203.0.113.0/24');
  });
});
