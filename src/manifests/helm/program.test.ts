import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findHelm, type HelmLimits, helmTemplate, withScratch, writeChart } from './program.ts';

/** A script in the place of helm. `tests/real/helm` runs the real one. */
function program(script: string): { directory: string; path: string } {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-helm-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'helm');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return { directory, path };
}

const run = {
  release: 'web',
  namespace: 'media',
  chart: 'chart',
  values: { password: 'hunter2' },
  flags: ['--x'],
};

function render(script: string, limits?: HelmLimits) {
  const { path } = program(script);
  return withScratch((scratch) => helmTemplate(path, scratch, run, limits));
}

describe('helm', () => {
  it('reads the values from its input, and sees no environment variable of the user', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'of-the-user');
    vi.stubEnv('KUBECONFIG', '/of-the-user');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const printed = await render('echo "args $*"; /usr/bin/env; echo "input $(/bin/cat)"');
    if (!printed.ok) throw new Error(printed.message);
    const lines = printed.output.split('\n');
    expect(lines).toContain('args template web chart --namespace media --values - --x');
    expect(lines).toContain('input {"password":"hunter2"}');
    expect(lines.filter((line) => line.includes('hunter2'))).toHaveLength(1);
    expect(printed.output).not.toContain('of-the-user');
    expect(lines).toContain('HTTPS_PROXY=http://127.0.0.1:9');
  });

  it.each([
    ['takes too long', 'exec /bin/sleep 600', { time: 200, output: 1024 }, 'it did not end within 0.2 s'],
    [
      'prints without end',
      'exec /usr/bin/yes',
      { time: 60_000, output: 1024 * 1024 },
      'it printed more than 1 MiB',
    ],
    ['says why', 'echo "x" >&2; echo "Error: chart/a.yaml: no" >&2; exit 1', undefined, 'a.yaml: no'],
    ['says nothing', 'exit 3', undefined, 'it failed without a message'],
  ])('fails if it %s', async (_name, script, limits, message) => {
    expect(await render(script, limits)).toEqual({ ok: false, message });
  });

  it('is found on the PATH, and never in a relative directory of it', async () => {
    const { directory, path } = program('');
    const environment = { home: directory, platform: process.platform, now: () => new Date(0) };
    const find = (...directories: string[]) =>
      findHelm({ ...environment, env: { PATH: directories.join(delimiter) } });
    expect(await find('/nowhere', directory)).toBe(path);
    expect(await find('.', '')).toBeUndefined();
    expect(await findHelm({ ...environment, env: {} })).toBeUndefined();
  });

  it('has a scratch directory that no other user can read, and that is removed', async () => {
    const seen = await withScratch(async (scratch) => {
      const chart = await writeChart(scratch, new Map([['templates/a.yaml', Buffer.from('a')]]));
      await expect(writeChart(scratch, new Map([['a/../../b', Buffer.from('a')]]))).rejects.toThrow(
        'outside',
      );
      return { scratch, chart, mode: (await stat(scratch)).mode & 0o777 };
    });
    expect(seen.mode).toBe(0o700);
    expect(seen.chart.startsWith(seen.scratch)).toBe(true);
    await expect(stat(seen.scratch)).rejects.toThrow();
  });
});
