import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isContinuousIntegration } from '../continuousIntegration.ts';

const directories = ['cases', 'crds', 'schemas', 'seeds'];

/**
 * Says which directories of `../shared` are missing: the tests that need them are skipped.
 *
 * @throws Error with `CI=true`, where nothing may be skipped
 */
export default function setup(): void {
  const missing = directories.filter(
    (name) => !existsSync(fileURLToPath(new URL(`../../../shared/${name}`, import.meta.url))),
  );
  if (missing.length === 0) return;
  const names = missing.map((name) => `../shared/${name}`).join(', ');
  const message = `Tests are skipped: ${names} is not on this machine`;
  if (isContinuousIntegration()) throw new Error(message);
  process.stderr.write(`${message}\n`);
}
