import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  guardEnvironment,
  guardedInit,
  guardedProbe,
  guardedProbeSeconds,
  guardedStart,
  guardMountPath,
  guardScriptName,
  guardSignals,
  nasGuardScript,
} from './nasGuard.ts';

/** With real mounts it is tested in tests/real/nas-guard; here is what needs none. */
describe('the text of the NAS guard', () => {
  it('has nothing that Flux would substitute or unescape', () => {
    expect(nasGuardScript).not.toMatch(/\$\{|\$\$/);
  });

  it('calculates only with what it has checked to be a number', () => {
    const checked = new Set(
      [...nasGuardScript.matchAll(/is_number "\$(\w+)"/g)].map(([, name]) => name ?? ''),
    );
    // These are results of the guard itself, and `seconds` is checked where the guard reads its environment.
    for (const own of ['now', 'began', 'seconds']) checked.add(own);
    const used = [...nasGuardScript.matchAll(/\$\(\(([^)]*)\)\)/g)].map(([, expression]) => expression ?? '');
    expect(used.length).toBeGreaterThan(4);
    for (const expression of used) {
      expect(expression).toMatch(/^[\w +*-]+$/);
      for (const [name] of expression.matchAll(/[A-Za-z_]\w*/g)) expect(checked).toContain(name);
    }
  });

  it('knows every signal of the list, each with an exit code of its own', () => {
    for (const { signal, exit, means } of guardSignals) {
      expect(nasGuardScript).toContain(`    ${signal}) code=${exit} means='${means}' ;;`);
      expect(means).not.toMatch(/['\\\n]/);
    }
    expect(new Set(guardSignals.map(({ exit }) => exit)).size).toBe(guardSignals.length);
    expect(guardSignals.every(({ exit }) => exit > 2 && exit < 126)).toBe(true);
  });

  it('reports no signal that the list does not have', () => {
    const reported = [...nasGuardScript.matchAll(/(?:\bfail |verdict=["']?)([a-z]+(?:-[a-z]+)*)/g)].map(
      (match) => match[1],
    );
    const known = new Set(['ok', ...guardSignals.map(({ signal }) => signal)]);
    expect(reported.length).toBeGreaterThan(guardSignals.length);
    expect(reported.filter((signal) => !known.has(signal ?? ''))).toEqual([]);
  });
});

describe('the NAS guard without a NAS', () => {
  let directory: string;
  let script: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-guard-'));
    script = join(directory, guardScriptName);
    writeFileSync(script, nasGuardScript);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const settings = {
    library: '/srv/private place',
    sentinel: '6f1c2e9a4b7d8035',
    fileSystems: ['nfs', 'nfs4'],
    timeoutSeconds: 5,
  };
  const environment = (changes: Record<string, string> = {}): Record<string, string> => ({
    PATH: process.env['PATH'] ?? '',
    ...Object.fromEntries(guardEnvironment(settings).map(({ name, value }) => [name, value ?? ''])),
    NAS_GUARD_STATE: directory,
    ...changes,
  });
  const run = (parameters: readonly string[], changes?: Record<string, string>) => {
    const { status, stderr, stdout } = spawnSync('sh', [script, ...parameters], {
      env: environment(changes),
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr };
  };

  it('is a script that sh can read', () => {
    expect(() => execFileSync('sh', ['-n', script])).not.toThrow();
  });

  it.each([
    ['no word', [], {}],
    ['an unknown word', ['look'], {}],
    ['start without a command', ['start'], {}],
    ['no library', ['check'], { NAS_GUARD_LIBRARY: '' }],
    ['the root as the library', ['check'], { NAS_GUARD_LIBRARY: '//' }],
    ['a relative library', ['check'], { NAS_GUARD_LIBRARY: 'data' }],
    ['a library that climbs', ['check'], { NAS_GUARD_LIBRARY: '/mnt/nas/../disk' }],
    ['a library over two lines', ['check'], { NAS_GUARD_LIBRARY: '/mnt\n/nas' }],
    ['a sentinel elsewhere', ['check'], { NAS_GUARD_SENTINEL: '../other' }],
    ['no id', ['check'], { NAS_GUARD_ID: '' }],
    ['an id over two lines', ['check'], { NAS_GUARD_ID: 'a\nb' }],
    ['no file systems', ['check'], { NAS_GUARD_FILE_SYSTEMS: ' ' }],
    ['no patience', ['check'], { NAS_GUARD_SECONDS: '0' }],
    ['patience that is no number', ['check'], { NAS_GUARD_SECONDS: '5s' }],
  ])('refuses %s', (_, parameters, changes) => {
    const { status, output } = run(parameters, changes);
    expect(status).toBe(64);
    expect(output).toMatch(/^NAS_GUARD: misconfigured: .*\n$/);
    expect(output).not.toContain('private place');
    expect(output).not.toContain(settings.sentinel);
  });

  it.runIf(process.platform === 'linux').each(['check', 'start', 'probe'])(
    '%s refuses where no NAS is, and starts nothing',
    (word) => {
      const { status, output } = run([word, 'echo', 'the app']);
      expect([10, 11]).toContain(status);
      expect(output).toMatch(/^NAS_GUARD: (not-mounted|wrong-filesystem): .*\n$/);
      expect(output).not.toContain('the app');
      expect(output).not.toContain('private place');
    },
  );
});

describe('the commands of the NAS guard', () => {
  it('go through a shell of the image, with the script where the ConfigMap is mounted', () => {
    const script = ['sh', `${guardMountPath}/${guardScriptName}`];
    expect(guardedInit()).toEqual([...script, 'check']);
    expect(guardedStart(['tini', '--', 'start.sh'])).toEqual([...script, 'start', 'tini', '--', 'start.sh']);
    expect(guardedProbe(['curl', '-f', 'http://127.0.0.1:2283/'])).toEqual([
      ...script,
      'probe',
      'curl',
      '-f',
      'http://127.0.0.1:2283/',
    ]);
    expect(guardedProbe()).toEqual([...script, 'probe']);
  });

  it('a probe has time for both of its parts', () => {
    expect(guardedProbeSeconds(5, 5)).toBeGreaterThan(10);
  });
});
