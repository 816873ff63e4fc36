// npm start [-- EXAMPLE]: compiles an example into .demo/EXAMPLE, as a user compiles their own.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const examples = readdirSync(`${root}examples`);
const [example = 'home', ...more] = process.argv.slice(2);
if (!examples.includes(example) || more.length > 0) {
  process.stderr.write(`npm start takes the name of one example: ${examples.join(', ')}\n`);
  process.exit(2);
}

const place = `.demo/${example}`;
const key = `.demo/${example}.agekey`;
mkdirSync(root + place, { recursive: true });
for (const file of ['cluster.yaml', 'cluster.private.yaml'])
  copyFileSync(`${root}examples/${example}/${file}`, `${root}${place}/${file}`);
// The command that "configure" prints makes it; beside the plain file it is refused.
rmSync(`${root}${place}/cluster.private.sops.yaml`, { force: true });
copyFileSync(`${root}examples/${example}/example.agekey`, root + key);
chmodSync(root + key, 0o600);

function run(...args) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SOPS_AGE_KEY_FILE: root + key },
  });
  return status ?? 1;
}

const built = run('tools/build.mjs', '--program-only');
if (built !== 0) process.exit(built);
const ended = run('dist/main.js', 'configure', '-C', place);
// 4: nothing is refuted, but the charts of the platform are not there to be read.
if (ended !== 0 && ended !== 4) process.exit(ended);

process.stdout.write(`
Where everything is
  what was written     ${place}        open docs/quickstart.md there first
  what it came from    ${place}/cluster.yaml and cluster.private.yaml

What to do next
  change a line of ${place}/cluster.yaml and see what follows:
      SOPS_AGE_KEY_FILE=${key} node dist/main.js configure -C ${place} --diff
  ask what a field means:
      node dist/main.js explain immich.library
  start your own, in an empty directory that is the root of a Git repository, or in none yet:
      node dist/main.js init ../home-ops
`);
