import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { compiled } from '../compiledDocuments.ts';
import { callsOf } from '../documentCommands.ts';
import { realSuite } from './fixtures/suite.ts';

const documents = [...compiled().documents.values(), ...compiled(() => {}, 'platform').documents.values()];
/** Programs of the documents that are here. There is no real part of `flux`, `talosctl` and `cloudflared`. */
const programs = ['age', 'sops', 'restic', 'helm'] as const;

realSuite('other programs in the documents', programs, (parts) => {
  test.each(programs)('%s has each flag that a document gives it', (name) => {
    const calls = callsOf(name, documents);
    for (const [, ...args] of calls) {
      const first = args[0] ?? '';
      const route = first.startsWith('-') ? [] : [first];
      const { stdout, stderr } = spawnSync(parts[name].path, [...route, '--help'], { encoding: 'utf8' });
      const help = stdout + stderr;
      expect(help.length).toBeGreaterThan(100);
      for (const flag of args.filter((word) => /^--?[a-z]/.test(word)))
        expect({ call: args.join(' '), flag, known: help.includes(flag.split('=')[0] ?? flag) }).toEqual({
          call: args.join(' '),
          flag,
          known: true,
        });
    }
  });

  test('and most of them are called at all', () => {
    expect(programs.filter((name) => callsOf(name, documents).length > 0).length).toBeGreaterThan(2);
  });
});
