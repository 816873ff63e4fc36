// npm start: compiles the example home into .demo/home, as a user compiles their own.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (...args) => {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SOPS_AGE_KEY_FILE: key },
  });
  if (status !== 0) process.exit(status ?? 1);
};

const home = `${root}.demo/home`;
const key = `${root}.demo/example.agekey`;
mkdirSync(home, { recursive: true });
for (const file of ['cluster.yaml', 'cluster.private.yaml'])
  copyFileSync(`${root}examples/home/${file}`, `${home}/${file}`);
copyFileSync(`${root}examples/home/example.agekey`, key);
chmodSync(key, 0o600);

run('tools/build.mjs', '--program-only');
run('dist/main.js', 'configure', '-C', home);

process.stdout.write(`
Where everything is
  what was written     .demo/home        open docs/quickstart.md there first
  what it came from    .demo/home/cluster.yaml and cluster.private.yaml

What to do next
  change a line of .demo/home/cluster.yaml and see what follows:
      node dist/main.js configure -C .demo/home --diff
  ask what a field means:
      node dist/main.js explain immich.library
  start your own, in an empty directory of a Git repository:
      node dist/main.js init ../home-ops
`);
