import { expect, test } from 'vitest';
import { verifierProgram } from '../../src/components/origin-proxy/verifier.generated.ts';
import { bundleVerifier, verifierModule } from './bundle.ts';

const root = new URL('../..', import.meta.url).pathname;

test('the committed program is the one that the sources give', async () => {
  expect(verifierProgram).toBe(await bundleVerifier(root));
});

test('it holds nothing that Flux would substitute', () => {
  expect(verifierProgram).not.toMatch(/\$\{|`/);
});

test('the module gives back the text, whatever characters it has', async () => {
  const text = 'a("\\n\\u2028");\n  b(\'"\');\n';
  const module = `data:text/javascript,${encodeURIComponent(verifierModule(text).replace(': string', ''))}`;
  expect(await import(module)).toMatchObject({ verifierProgram: text });
});
