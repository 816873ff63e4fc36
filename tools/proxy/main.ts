import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleVerifier, verifierModule } from './bundle.ts';

/** `node --import tsx tools/proxy/main.ts [--check]`: writes the generated module, or exits 1 when it is stale. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const file = 'src/components/origin-proxy/verifier.generated.ts';
const text = verifierModule(await bundleVerifier(root));

if (!process.argv.includes('--check')) {
  writeFileSync(join(root, file), text);
} else if (readFileSync(join(root, file), 'utf8') !== text) {
  process.stderr.write(`${file} is stale: run \`node --import tsx tools/proxy/main.ts\`\n`);
  process.exitCode = 1;
}
