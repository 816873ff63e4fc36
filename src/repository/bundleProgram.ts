import { build } from 'esbuild';

/** Bundles a source text that imports from this directory into a Node program that a test can kill. */
export async function bundleProgram(source: string, outfile: string): Promise<void> {
  await build({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    // The yaml package is CommonJS and loads Node modules with require.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outfile,
    logLevel: 'error',
  });
}
