import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { findFaults } from '../../src/reachability/proxies/nginx/directives.ts';
import { contexts } from '../../src/reachability/proxies/nginx/directiveTable.ts';
import { parseNginx } from '../../src/reachability/proxies/nginx/syntax.ts';
import { realSuite } from './fixtures/suite.ts';

const run = promisify(execFile);

const blocks: readonly ((directive: string) => string)[] = [
  (directive) => `${directive}\nevents {} http {}`,
  (directive) => `events { ${directive} } http {}`,
  (directive) => `events {} http { ${directive} }`,
  (directive) => `events {} http { server { ${directive} } }`,
  (directive) => `events {} http { server { location / { ${directive} } } }`,
  (directive) => `events {} http { server { location / { if ($x) { ${directive} } } } }`,
  (directive) => `events {} http { server { if ($x) { ${directive} } } }`,
  (directive) => `events {} http { server { location / { limit_except GET { ${directive} } } } }`,
  (directive) => `events {} http { upstream u { ${directive} } }`,
];

/** Directives that open a block, and `include`, which stands anywhere. */
const special =
  /^(?:events|http|server|location|upstream|types|map|geo|split_clients|if|limit_except|charset_map|stream|include)$/;

const names = [...new Set(contexts.flatMap(([, list]) => list.split(/\s+/)))].filter(
  (name) => name !== '' && !special.test(name),
);

realSuite('the blocks that accept a directive of nginx', ['nginx'], (parts) => {
  test('are those that nginx accepts it in', { timeout: 300_000 }, async () => {
    const directory = join(inject('realScratch'), 'nginx-directives');
    mkdirSync(join(directory, 'logs'), { recursive: true });
    const file = join(directory, 'nginx.conf');
    const differing: string[] = [];
    let known = 0;
    for (const [number, name] of names.entries()) {
      for (const block of [blocks[number % blocks.length], blocks[(number + 4) % blocks.length]]) {
        const text = block?.(`${name} a;`) ?? '';
        writeFileSync(file, text);
        const found = await run(parts.nginx.path, ['-t', '-p', directory, '-e', 'stderr', '-c', file]).catch(
          (error: { stderr: string }) => error,
        );
        // This build of nginx has not every module.
        if (found.stderr.includes('unknown directive')) continue;
        known += 1;
        const isRefused = findFaults(parseNginx(text) ?? []).refused?.includes('is not allowed in') === true;
        if (found.stderr.includes('is not allowed here') !== isRefused)
          differing.push(`${text}: ${found.stderr}`);
      }
    }
    expect(differing).toEqual([]);
    expect(known).toBeGreaterThan(800);
  });
});
