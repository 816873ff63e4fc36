import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directory of the package, wherever this file was bundled to: the nearest above with the schemas in it. */
export function packageDirectory(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'schemas', 'index.json')) && dirname(directory) !== directory)
    directory = dirname(directory);
  return directory;
}
