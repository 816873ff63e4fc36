// Builds what is published: the program and the library as bundles, and their types.
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const typesToo = !process.argv.includes('--program-only');

rmSync(`${root}dist`, { recursive: true, force: true });
const { metafile } = await build({
  metafile: true,
  absWorkingDir: root,
  entryPoints: ['src/main.ts', 'src/index.ts'],
  outdir: 'dist',
  bundle: true,
  // Chunks let a command load only the modules that it uses.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  // A command reads and compiles each module that it loads, which takes time that grows with the text.
  minifyIdentifiers: true,
  legalComments: 'none',
  logLevel: 'warning',
  // Bundled CommonJS asks for Node's own modules by require.
  banner: {
    js: "import { createRequire as gatehouseRequire } from 'node:module'; const require = gatehouseRequire(import.meta.url);",
  },
});
chmodSync(`${root}dist/main.js`, 0o755);
writeFileSync(`${root}dist/THIRD-PARTY-LICENSES.txt`, licences(Object.keys(metafile.inputs)));

if (typesToo) {
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    { cwd: root, stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
}

/** The licence of every package that is bundled, as they ask for. */
function licences(inputs) {
  const packages = new Set(
    inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []),
  );
  return [...packages]
    .sort()
    .map((directory) => {
      const { name, version, license } = JSON.parse(readFileSync(`${root}${directory}/package.json`, 'utf8'));
      const file = readdirSync(root + directory).find((candidate) =>
        /^(licen[cs]e|copying)(\.|$)/i.test(candidate),
      );
      const text =
        file === undefined
          ? `Licence: ${license}`
          : readFileSync(`${root}${directory}/${file}`, 'utf8').trim();
      return `${name} ${version}\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
