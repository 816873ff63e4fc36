import { describe, expect, it } from 'vitest';
import { asker, asking, compiledWith } from '../../../tests/requirements/asking.ts';
import type { ConfigData } from '../../../tests/testDirectory.ts';
import { withoutGateway } from '../../../tests/variants.ts';
import { type Private, privateNamed } from '../../config/private.ts';
import { textOf } from '../../operations/configure/leaks.ts';
import type { NameRequirement } from '../contract/requirements.ts';

const values = {
  WIKI: 'wiki.example.org',
  SHOP: 'shop.example.org',
  INTERNAL: '192.0.2.242',
  SIDE: '192.0.2.243',
  PUBLIC: '203.0.113.7',
  DYNAMIC: 'home.example.net',
};
const handle = (name: keyof typeof values): Private => privateNamed(name);

const name = (
  host: keyof typeof values,
  target: NameRequirement['target'],
  from: NameRequirement['from'] = 'home',
): NameRequirement => ({
  kind: 'name',
  requester: { ...asker, instance: host.toLowerCase() },
  host: handle(host),
  from,
  target,
});
const at = (address: keyof typeof values) => ({ address: handle(address) });

function compiled(...names: readonly NameRequirement[]) {
  return compiledWith(
    [asking(...names)],
    {
      example: 'platform',
      cluster(value: ConfigData) {
        withoutGateway(value);
        value.homeDns = {};
      },
      privateFile: withoutGateway,
    },
    values,
  );
}

describe('a name at home', () => {
  const { plan } = compiled(name('WIKI', at('INTERNAL')), name('SHOP', at('DYNAMIC'), 'internet'));

  it('is in the list of the quickstart, and one from the internet is not', () => {
    const file = plan?.files.find(({ path }) => path === 'docs/quickstart.md');
    const [, step = ''] =
      /### \d+\. The names of routes from home[\s\S]*?\n\n([\s\S]*?)\n### /.exec(
        file === undefined ? '' : textOf(file),
      ) ?? [];
    expect(step).toContain('| `${WIKI}` | A | `${INTERNAL}` |');
    expect(step).not.toContain('${SHOP}');
  });

  it('is in no object: nothing of the cluster tells it to anybody', () => {
    expect(JSON.stringify(plan?.objects)).not.toMatch(/\$\{(?:WIKI|INTERNAL)\}/);
  });

  it('is asked for at home while the cluster runs', () => {
    expect(plan?.checks.filter(({ component }) => component === 'home-dns')).toMatchObject([
      {
        id: 'home-name-1',
        question: { kind: 'addresses', from: 'home', to: { ranges: ['${INTERNAL}'] } },
      },
    ]);
  });

  it.each<[string, NameRequirement['target']]>([
    ['a public address', at('PUBLIC')],
    ['a name', at('DYNAMIC')],
    ['a tunnel', { tunnel: handle('DYNAMIC') }],
  ])('does not lead to %s', (_, target) => {
    const { problems } = compiled(name('WIKI', target));
    expect(problems).toMatchObject([{ code: 'wrong-value', message: expect.stringContaining('at home') }]);
    for (const value of Object.values(values)) expect(JSON.stringify(problems)).not.toContain(value);
  });

  it('does not lead to two places', () => {
    const { problems } = compiled(name('WIKI', at('INTERNAL')), name('WIKI', at('SIDE')));
    expect(problems).toMatchObject([{ code: 'taken' }]);
  });
});
