import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compiled } from '../compiledDocuments.ts';
import { type Command, callsOf } from '../documentCommands.ts';
import { type ControlPlane, controlPlane, controlPlaneParts } from './fixtures/controlPlane.ts';
import { realSuite } from './fixtures/suite.ts';

const examples = join(import.meta.dirname, '..', '..', 'examples');

/** Verbs that change something, and can say on the server what they would do. */
const changing = ['apply', 'create', 'delete', 'patch', 'annotate', 'label', 'scale'];
/** Kinds that others define, of which there is no definition beside the project. */
const definedElsewhere =
  /"(?:ciliumloadbalancerippools|ciliuml2announcementpolicies|replicationsources?|talosupgrades?|kubernetesupgrades?|clusterissuers?|certificates?|certificaterequests?|orders?|challenges?|helmreleases?|gitrepository|kustomizations?|serviceaccounts)"/;
/** What kubectl says of a command that it understood, where the cluster is empty. */
const understood =
  /array index out of bounds: index 0, length 0|not ?found|no matching resources|No resources found|no objects passed|does not exist|timed out|no such file or directory/i;
/** What it says of a command that a sentence names without what it is for: `kubectl delete secret`. */
const incomplete = /required resource not specified|no name was specified/;
/** What it says of one that it did not, whatever else. */
const misunderstood =
  /unknown (?:flag|shorthand|command)|flag needs an argument|invalid (?:argument|syntax)|unable to parse|See 'kubectl/i;

/** The words of a command that do not wait for what an empty cluster never does. */
function finite([, ...words]: Command, directory: string): string[] {
  const verb = words.find((word) => [...changing, 'run'].includes(word));
  const endless = new Set(['-w', '--watch', '--rm', '-i', '-it', ...(words.includes('logs') ? ['-f'] : [])]);
  const bounded = words
    .filter((word) => !endless.has(word))
    // What waits until something is made would wait for all of its time.
    .map((word) => word.replace(/^--timeout=\d+[mh]$/, '--timeout=1s'))
    .map((word) => word.replace(/^(--from-file=.*=).*$/, `$1${join(directory, 'docs/README.md')}`));
  const split = bounded.indexOf('--');
  const dry =
    verb === undefined || words.some((word) => word.startsWith('--dry-run')) ? [] : ['--dry-run=server'];
  const end = split < 0 ? bounded.length : split;
  return [...bounded.slice(0, end), ...dry, '--request-timeout=5s', ...bounded.slice(end)];
}

function run(
  kubectl: string,
  cluster: ControlPlane,
  args: readonly string[],
  cwd: string,
): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(kubectl, args, {
      cwd,
      env: { KUBECONFIG: cluster.kubeconfig, HOME: cluster.scratch, PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 20_000,
    });
    const texts: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => texts.push(text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stderr: texts.join('') }));
  });
}

realSuite('kubectl in the documents', [...controlPlaneParts, 'kubectl'], (parts) => {
  test.each(['home', 'platform'])(
    'the real kubectl and the real API server understand each command of %s',
    {
      timeout: 300_000,
    },
    async (name) => {
      await using cluster = await controlPlane(parts);
      const directory = join(examples, name, 'repository');
      expect(existsSync(directory)).toBe(true);
      const calls = callsOf('kubectl', compiled(() => {}, name).documents.values());
      expect(calls.length).toBeGreaterThan(30);
      const faults: { command: string; code: number | null; stderr: string }[] = [];
      for (const call of calls) {
        const args = finite(call, directory);
        const { code, stderr } = await run(parts.kubectl.path, cluster, args, directory);
        const isFine =
          !misunderstood.test(stderr) &&
          (code === 0 ||
            understood.test(stderr) ||
            definedElsewhere.test(stderr) ||
            (call.length <= 3 && incomplete.test(stderr)));
        if (!isFine) faults.push({ command: args.join(' '), code, stderr });
      }
      expect(faults).toEqual([]);
    },
  );

  test('a command that it does not understand is one', async () => {
    await using cluster = await controlPlane(parts);
    for (const words of [
      ['get', 'podds'],
      ['get', 'pods', '--al'],
      ['gett', 'pods'],
      ['-n', 'x', 'get', 'deploymentz/a'],
    ]) {
      const { code, stderr } = await run(parts.kubectl.path, cluster, words, '/');
      expect(code).not.toBe(0);
      expect(
        misunderstood.test(stderr) || !(understood.test(stderr) || definedElsewhere.test(stderr)),
        stderr,
      ).toBe(true);
    }
  });
});
