import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { crc32 } from 'node:zlib';
import { textScanner } from '../../src/privacy/textScanner.ts';
import { homeKinds } from './homeKinds.ts';
import { noSecrets } from './noSecrets.ts';

/**
 * Compares `scan` with gitleaks on gitleaks's own lists of true and false positives:
 *
 *     npx tsx benchmarks/scan/recall.ts --source DIR [--gitleaks PROGRAM]
 *
 * `--source` is a clone of gitleaks (MIT). Its lists are in Go and made at run time, with new random tokens each time: a
 * copy of it is changed to print them, and needs Go. Nothing of them is kept. Tokens of GitHub and npm get the checksum
 * that real ones have. A false positive of one kind that is a true one of another is left out, and so are keys of age
 * that are one letter. `noSecrets.ts` names the few true positives that are no secret: the counts with and without them
 * are printed for both.
 */
const { values: flags } = parseArgs({
  options: { source: { type: 'string' }, gitleaks: { type: 'string', default: 'gitleaks' } },
});

interface Sample {
  rule: string;
  kind: 'tp' | 'fp';
  path: string;
  text: string;
}

const validate = 'cmd/generate/config/utils/validate.go';
const print = `
func printSample(rule string, kind string, path string, text string) {
	line, _ := json.Marshal(map[string]string{"rule": rule, "kind": kind, "path": path, "text": text})
	fmt.Fprintln(os.Stderr, "SAMPLE"+string(line))
}

func Validate(`;
const loop = (type: 'list' | 'map', kind: 'tp' | 'fp', name: string): string =>
  type === 'list'
    ? `\tfor _, text := range ${name} {\n\t\tprintSample(rule.RuleID, "${kind}", "", text)\n\t}\n`
    : `\tfor path, text := range ${name} {\n\t\tprintSample(rule.RuleID, "${kind}", path, text)\n\t}\n`;

/** Runs the generator of gitleaks's rules, which validates each with its samples. */
function samplesOf(source: string, scratch: string): Sample[] {
  const copy = join(scratch, 'source');
  cpSync(source, copy, { recursive: true });
  const text = readFileSync(join(copy, validate), 'utf8')
    .replace('import (', 'import (\n\t"encoding/json"\n\t"fmt"\n\t"os"')
    .replace('func Validate(', print)
    .replace(
      'truePositives []string, falsePositives []string) *config.Rule {\n',
      (line) => line + loop('list', 'tp', 'truePositives') + loop('list', 'fp', 'falsePositives'),
    )
    .replace(
      'falsePositives map[string]string) *config.Rule {\n',
      (line) => line + loop('map', 'tp', 'truePositives') + loop('map', 'fp', 'falsePositives'),
    );
  writeFileSync(join(copy, validate), text);
  const args = ['run', './cmd/generate/config', join(scratch, 'rules.toml')];
  const { stderr } = spawnSync('go', args, { cwd: copy, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return stderr
    .split('\n')
    .flatMap((line) => (line.startsWith('SAMPLE') ? [JSON.parse(line.slice(6)) as Sample] : []));
}

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The token with the checksum that GitHub and npm give it. */
function withChecksum(text: string): string {
  return text.replaceAll(
    /\b(gh[pousr]_|npm_)([A-Za-z0-9]{30})[A-Za-z0-9]{6}\b/g,
    (_, prefix: string, body: string) => {
      let rest = crc32(body);
      let sum = '';
      for (; rest > 0; rest = Math.floor(rest / 62)) sum = base62.charAt(rest % 62) + sum;
      return prefix + body + sum.padStart(6, '0');
    },
  );
}

/** The indexes of the samples in which gitleaks finds something, with its own rules. */
function foundByGitleaks(samples: readonly Sample[], scratch: string): Set<number> {
  const root = join(scratch, 'samples');
  for (const [index, { path, text }] of samples.entries()) {
    mkdirSync(join(root, String(index)), { recursive: true });
    writeFileSync(join(root, String(index), path === '' ? 'note.txt' : basename(path)), `${text}\n`);
  }
  const report = join(scratch, 'report.json');
  const quiet = ['--no-banner', '--log-level', 'error', '--exit-code', '0'];
  execFileSync(flags.gitleaks, ['dir', ...quiet, '-f', 'json', '-r', report, root]);
  const findings = JSON.parse(readFileSync(report, 'utf8')) as { File: string }[];
  return new Set(findings.map(({ File }) => Number(File.slice(root.length + 1).split('/')[0])));
}

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-recall-'));
try {
  const all = samplesOf(flags.source ?? '.', scratch).map((sample) => ({
    ...sample,
    text: withChecksum(sample.text),
  }));
  const secrets = new Set(all.flatMap(({ kind, text }) => (kind === 'tp' ? [text] : [])));
  const samples = all.filter(
    ({ kind, text }) => !(kind === 'fp' && secrets.has(text)) && !/AGE-SECRET-KEY-1(.)\1{30}/.test(text),
  );
  const scanner = textScanner([]);
  const ours = samples.map(
    ({ path, text }) => scanner.scan(Buffer.from(text), path || 'note.txt').length > 0,
  );
  const theirs = foundByGitleaks(samples, scratch);
  const home = new Set(homeKinds);
  const count = (name: string, chosen: (sample: Sample) => boolean): void => {
    const indexes = samples.flatMap((sample, index) => (chosen(sample) ? [index] : []));
    const our = indexes.filter((index) => ours[index]).length;
    const their = indexes.filter((index) => theirs.has(index)).length;
    process.stdout.write(`${name}: ${indexes.length} texts, scan ${our}, gitleaks ${their}\n`);
  };
  const isHome = ({ rule }: Sample): boolean => home.has(rule);
  const isSecret = ({ kind }: Sample): boolean => kind === 'tp';
  const isReally = ({ text }: Sample): boolean => !noSecrets.some(({ matches }) => matches(text));
  count('secrets of a home', (each) => isSecret(each) && isHome(each));
  for (const { reason, matches } of noSecrets) {
    count(`  of them ${reason}`, (each) => isSecret(each) && isHome(each) && matches(each.text));
  }
  count('secrets of a home without those', (each) => isSecret(each) && isHome(each) && isReally(each));
  count('all secrets', isSecret);
  count('false alarms, kinds of a home', (each) => !isSecret(each) && isHome(each));
  count('false alarms, all kinds', (each) => !isSecret(each));
  for (const rule of homeKinds) {
    const missed = samples.filter((each, index) => each.kind === 'tp' && each.rule === rule && !ours[index]);
    if (missed.length > 0) process.stdout.write(`  scan misses ${missed.length} of ${rule}\n`);
  }
  for (const [index, { kind, rule, text }] of samples.entries()) {
    if (kind === 'fp' && ours[index]) {
      const mark = createHash('sha256').update(text).digest('hex').slice(0, 8);
      process.stdout.write(
        `  scan: a false alarm of ${rule} (${mark})${theirs.has(index) ? ', gitleaks too' : ''}\n`,
      );
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
