import { expect, it } from 'vitest';
import { home } from '../../tests/home.ts';
import { gatehouse } from '../../tests/program.ts';

it.each([
  [['--from', 'outside', '--probe'], '--probe asks the cluster and --from outside asks the tunnel'],
  [['--from', 'home', 'https://a.example'], 'a URL is asked from outside only'],
  [['--library', '/mnt'], '--library is for an upload at home'],
  [['--from', 'outside', 'http://a.example'], 'https:// with a hostname, and nothing behind it'],
  [['--from', 'outside', 'https://user:secret@a.example'], 'https:// with a hostname, and nothing behind it'],
  [['--from', 'outside', 'https://a.example/path'], 'https:// with a hostname, and nothing behind it'],
  [['--from', 'elsewhere'], 'elsewhere'],
])('verify %j is a misuse', async (parameters, words) => {
  const { code, stderr } = await gatehouse(home(), 'verify', ...parameters);
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
});
