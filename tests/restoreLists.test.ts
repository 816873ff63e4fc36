// Crosses components, compile and operations/explain.
import { expect, it } from 'vitest';
import { preparedHome } from './home.ts';

/** Programs that a computer may lack on the day of a restore. */
const programs = ['age', 'jq', 'kubectl', 'flux', 'mc', 'rclone', 'restic', 'sops', 'talosctl'];

it('names every program of a restore list before its first command, and no others', async () => {
  const { plan } = await preparedHome({
    example: 'platform',
    cluster: (value) => (value.talosBackup.store = 'rustfs'),
    privateFile: (value) => (value.rustfs.keys['etcd-backups'] = 'Fm6vTz9Xq2RkHw5YdN8cLb4GsP3jUe7AoI1xEyQn'),
  });
  const lists = plan.restores.filter(({ steps }) => steps.some(({ command }) => command !== undefined));
  expect(lists.length).toBe(9);
  for (const { title, intro, steps } of lists) {
    const commands = steps.map(({ command = '' }) => command).join('\n');
    const run = programs.filter((name) =>
      new RegExp(`(^|\\||\\$\\(|do |until )\\s*${name} `, 'm').test(commands),
    );
    const named = programs.filter((name) => intro.includes(`\`${name}\``));
    expect({ title, named }).toEqual({ title, named: run });
  }
});
