import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package, wherever this file was bundled to: the nearest above with the schemas in it. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'schemas', 'index.json')) && dirname(folder) !== folder)
    folder = dirname(folder);
  return folder;
}
