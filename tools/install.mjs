// Brings node_modules to what package-lock.json says, if it is not there yet. Needs nothing but Node and npm.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path) =>
  existsSync(root + path) ? JSON.parse(readFileSync(root + path, 'utf8')).packages : undefined;

// npm leaves a copy of the lockfile in node_modules, without the root and without what this platform does not need.
const wanted = read('package-lock.json');
const installed = read('node_modules/.package-lock.json');
const matches =
  installed !== undefined &&
  Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || installed[path]?.version === version || (optional && !installed[path]),
  );

if (!matches) {
  process.stderr.write('Installing the dependencies of package-lock.json …\n');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}
