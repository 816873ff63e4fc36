import { join } from 'node:path';
import { build } from 'esbuild';

/** The programs that are no real ones: each says in its first lines what it does as the real one, and what it does not. */
export const standIns = {
  immich: 'immich.ts',
  'machine-learning': 'machineLearning.ts',
  cloudflared: 'cloudflared.ts',
  cloudflare: 'cloudflare.ts',
  registry: 'registry.ts',
  echo: 'echo.ts',
  whoami: 'whoami.ts',
  issuer: 'issuer.ts',
} as const;

export type StandIn = keyof typeof standIns;

/** A stand-in as one file for Node 20 or later, with what it imports. The same source gives the same text. */
export async function bundledStandIn(name: StandIn): Promise<string> {
  return await bundledProgram(join(import.meta.dirname, standIns[name]));
}

/** Any program of the bench as one file: it starts at once, and needs nothing beside it. */
export async function bundledProgram(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'silent',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return outputFiles[0]?.text ?? '';
}
