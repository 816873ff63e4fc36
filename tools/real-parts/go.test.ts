import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { partKey } from './cache.ts';
import { buildGo } from './go.ts';
import { type Machine, thisMachine } from './machine.ts';
import { type GoSource, go } from './part.ts';

let work = '';

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'gatehouse-go-'));
  await put('pins/go.mod', goModule);
  await put('pins/go.sum', '');
});
afterEach(() => rm(work, { recursive: true }));

const goModule = 'module real-parts/pins\n\ngo 1.26\n';

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(work, path)), { recursive: true });
  await writeFile(join(work, path), text);
}

const program = go('example.com/x@v1.2.3', { main: './speaker', pins: 'pins', probe: [] });

function sourceOf(part: typeof program): GoSource {
  if (part.source.from !== 'go') throw new Error('it is no Go program');
  return part.source;
}

const main = (word: string) => `package main\n\nvar word = "${word}"\n\nfunc main() { println(word) }\n`;

describe.skipIf(thisMachine().go === undefined)('a main package of ours', () => {
  const build = async (source: GoSource) => {
    const run = { signal: new AbortController().signal, progress: () => undefined };
    const directory = join(work, 'built');
    await mkdir(directory);
    const built = await buildGo(source, directory, join(work, 'pins'), 1, run);
    return { directory, built };
  };
  const said = (path: string) => execFileSync('sh', ['-c', `"${path}" 2>&1`], { encoding: 'utf8' }).trim();

  test('is built beside go.mod, under the name of its directory', async () => {
    await put('pins/speaker/main.go', main('one'));
    const { directory, built } = await build({ ...sourceOf(program), variables: { 'main.word': 'linked' } });
    expect(built).toMatchObject({ program: 'bin/speaker', version: '1.2.3', files: {} });
    expect(said(join(directory, built.program))).toBe('linked');
  });

  test('comes with the files of its module that tests read, and they can be removed', async () => {
    await put('module/go.mod', 'module example.com/x\n');
    await put('module/x.go', 'package x\n');
    await put('module/config/crd/bases/a.yaml', 'kind: A\n');
    await put('module/config/other.yaml', 'kind: B\n');
    const replaced = `require example.com/x v1.2.3\n\nreplace example.com/x => ${join(work, 'module')}\n`;
    await put('pins/go.mod', `${goModule}\n${replaced}`);
    await put(
      'pins/speaker/main.go',
      'package main\n\nimport _ "example.com/x"\n\nfunc main() { println("x") }\n',
    );
    const files = { crd: 'config/crd', other: 'config/other.yaml' };
    const { directory, built } = await build({ ...sourceOf(program), files });
    expect(built.files).toEqual({ crd: 'module/config/crd', other: 'module/config/other.yaml' });
    expect(await readFile(join(directory, 'module/config/crd/bases/a.yaml'), 'utf8')).toBe('kind: A\n');
    expect((await stat(join(directory, 'module/config/crd/bases'))).mode & 0o200).toBe(0o200);
    expect((await stat(join(directory, 'module/config/other.yaml'))).mode & 0o200).toBe(0o200);
  });

  test('that does not compile fails with what Go says', async () => {
    await put('pins/speaker/main.go', 'package main\n\nfunc main() { nothing() }\n');
    await expect(build(sourceOf(program))).rejects.toThrow(/undefined: nothing/);
  });
});

describe('the key of a main package of ours', () => {
  const machine: Machine = { os: 'linux', arch: 'x64', go: 'go1.26.8' };
  const key = () => partKey('speaker', program, machine, work);

  test('changes with each of its files, and with the pins', async () => {
    await put('pins/speaker/main.go', main('one'));
    const keys = [key()];
    await put('pins/speaker/main.go', main('two'));
    keys.push(key());
    await put('pins/speaker/more.go', 'package main\n');
    keys.push(key());
    await rm(join(work, 'pins/speaker/more.go'));
    await put('pins/speaker/other.go', 'package main\n');
    keys.push(key());
    await put('pins/go.mod', `${goModule}// another\n`);
    keys.push(key());
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('does not change with a main package that another program has', async () => {
    await put('pins/speaker/main.go', main('one'));
    const before = key();
    await put('pins/listener/main.go', main('two'));
    expect(key()).toBe(before);
  });
});
