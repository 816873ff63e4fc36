import { build } from 'esbuild';

/** Makes a program for Node of a source text that imports from this directory, so that a test can kill it. */
export async function bundleProgram(source: string, outfile: string): Promise<void> {
  await build({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    // The yaml package is CommonJS, and asks for Node's own modules with require.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outfile,
    logLevel: 'error',
  });
}
