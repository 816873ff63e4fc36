import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directory of the package: the nearest parent with `schemas/index.json`, also when this file is bundled. */
export function packageDirectory(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'schemas', 'index.json')) && dirname(directory) !== directory)
    directory = dirname(directory);
  return directory;
}
