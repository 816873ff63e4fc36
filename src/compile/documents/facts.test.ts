import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compiled, shellOf } from '../../../tests/compiledDocuments.ts';
import { guardSignals } from '../../components/immich/nasGuard.ts';
import { verifierProgram } from '../../components/origin-proxy/verifier.generated.ts';
import { fillIn } from '../../config/private.ts';

describe('what the documents say', () => {
  const { plan, documents, privateValues } = compiled();
  const troubleshooting = documents.get('docs/troubleshooting.md') ?? '';

  test('every signal of the guard, with its exit code', () => {
    for (const { signal, exit } of guardSignals) {
      expect(troubleshooting).toContain(`\`NAS_GUARD: ${signal}\` (exit code ${exit})`);
    }
  });

  test('only reasons that the origin proxy has', () => {
    const reasons = [...troubleshooting.matchAll(/"refused":"([a-z-]+)"/g)].map(([, reason]) => reason);
    expect(new Set(reasons).size).toBeGreaterThan(6);
    for (const reason of reasons) expect(verifierProgram).toContain(`"${reason}"`);
  });

  test('only messages that the Job has', () => {
    const program = JSON.stringify(
      plan.objects.find(
        ({ object }) => object.kind === 'ConfigMap' && object.metadata.name === 'immich-setup',
      ),
    );
    const messages = [...troubleshooting.matchAll(/IMMICH_SETUP: ([A-Za-z ]+?)(?: \d+|: …)?`/g)].map(
      ([, text]) => text,
    );
    expect(messages).toHaveLength(4);
    for (const message of messages) expect(program).toContain(message);
  });

  test('ports of a port-forward are ports of what it goes to', () => {
    const forwards = [...documents.values()]
      .join('\n')
      .matchAll(/port-forward (service|deployment)\/(\S+) ((?:\d+:\d+ )+)/g);
    for (const [, kind, name, pairs = ''] of forwards) {
      const object = plan.objects.find(
        (one) => one.object.kind.toLowerCase() === kind && one.object.metadata.name === name,
      );
      const text = JSON.stringify(object);
      for (const pair of pairs.trim().split(' ')) {
        const port = pair.split(':')[1];
        expect(text).toMatch(
          kind === 'service' ? new RegExp(`"port":${port}\\b`) : new RegExp(`"containerPort":${port}\\b`),
        );
      }
    }
  });

  test('containers that are named are containers of the server', () => {
    const server = JSON.stringify(
      plan.objects.find(
        ({ object }) => object.kind === 'Deployment' && object.metadata.name === 'immich-server',
      ),
    );
    const named = [
      ...[...documents.values()].join('\n').matchAll(/deployment\/immich-server -c ([a-z-]+)/g),
    ].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(['server', 'nas-guard']));
    for (const name of named) expect(server).toContain(`"name":"${name}"`);
  });

  test('the search by hand prints nothing over what is written, and finds what is not to be', () => {
    const index = fillIn(documents.get('docs/README.md') ?? '', privateValues);
    const searches = shellOf(index).filter((block) => block.startsWith('git grep'));
    expect(searches).toHaveLength(3);
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-documents-'));
    try {
      for (const file of plan.files) {
        mkdirSync(join(directory, dirname(file.path)), { recursive: true });
        writeFileSync(join(directory, file.path), 'content' in file ? file.content : '');
      }
      const git = (...args: string[]) => execFileSync('git', args, { cwd: directory });
      const printed = () =>
        searches.map(
          (script) => spawnSync('bash', { cwd: directory, input: script, encoding: 'utf8' }).stdout,
        );
      git('init', '--quiet');
      git('add', '-A');
      expect(printed()).toEqual(['', '', '']);
      const leak = `host: ${privateValues.get('IMMICH_HOST')?.toUpperCase()}\nkey: AGE-SECRET-KEY-1${'Q'.repeat(58)}\nnode: 192.168.7.12\n`;
      writeFileSync(join(directory, 'leak.yaml'), leak);
      git('add', '-A');
      expect(printed()).toEqual(
        ['leak.yaml:1', 'leak.yaml:2', 'leak.yaml:3'].map((place) => expect.stringContaining(place)),
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test.skipIf(process.platform !== 'linux')(
    'the sentinel is not written where the NAS is not (findmnt is of Linux)',
    () => {
      const quickstart = documents.get('docs/quickstart.md') ?? '';
      const block = shellOf(quickstart).find((text) => text.startsWith('findmnt'));
      const directory = mkdtempSync(join(tmpdir(), 'gatehouse-documents-'));
      try {
        const script = fillIn(block ?? '', new Map([['NAS_LIBRARY_PATH', directory]]));
        const stub = 'sudo() { cat > /dev/null; echo "as root: $*" >&2; }\n';
        const run = (text: string) => spawnSync('bash', { input: stub + text, encoding: 'utf8' });
        expect(run(script)).toMatchObject({ status: 1, stderr: '' });
        // The same command where the type of file system is the right one.
        const type = run(`findmnt -n -o FSTYPE --target '${directory}'`).stdout.trim();
        const there = run(script.replace(/--types \S+/, `--types ${type}`));
        expect(there.stderr).toContain(`${directory}/.gatehouse-library`);
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  );
});
