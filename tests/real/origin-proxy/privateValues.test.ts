import { afterAll, beforeAll, expect, test } from 'vitest';
import { compile } from '../../../src/compile/compile.ts';
import { catalogue } from '../../../src/components/catalogue.ts';
import { fillIn } from '../../../src/config/private.ts';
import { openConfiguration } from '../../../src/private-values/configuration.ts';
import { exampleDirectory } from '../../testDirectory.ts';
import { realSuite } from '../fixtures/suite.ts';
import { startEnvironment, type TestEnvironment } from './environment.ts';
import { get } from './exchange.ts';
import { sign, userClaims } from './issuer.ts';

const emails = ["o'brien@example.org", "#1&*!?{}|`%/=^~+_-.'@example.org", '*@example.org', '-@example.org'];

/** The lines of nginx.conf that say who may pass. */
const rules = /^ *js_var \$gatehouse_(?:allowlist|emails|service_tokens) .*$/gm;

/** Those lines as Flux makes them, for addresses in the private values file. `flux-private-values.test.ts` asks Flux. */
async function filledRules(): Promise<string[]> {
  using directory = exampleDirectory('home');
  directory.edit('cluster.private.yaml', (value) => {
    value.immich.access.emails = emails;
  });
  const opened = await openConfiguration(directory.path, directory.environment);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  const { plan, problems } = compile(opened.value.loaded, catalogue);
  expect(problems).toEqual([]);
  const [configuration = ''] = (plan?.objects ?? []).flatMap(({ object }) => {
    const text = (object as { data?: Record<string, string> }).data?.['nginx.conf'];
    return text === undefined ? [] : [text];
  });
  return [...(fillIn(configuration, opened.value.loaded.private).match(rules) ?? [])];
}

realSuite('the origin proxy with addresses with signs of its language', ['nginx'], ({ nginx }) => {
  let world: TestEnvironment;

  beforeAll(async () => {
    const lines = await filledRules();
    expect(lines).toHaveLength(3);
    world = await startEnvironment(nginx, { edit: (own) => own.replace(rules, () => lines.shift() ?? '') });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const answerFor = async (email: string): Promise<number> => {
    const token = await sign(userClaims(world.issuer, { email }), world.key);
    return (await get(world.proxy.port, token)).status;
  };

  test.each(emails)('admits %s', async (email) => expect(await answerFor(email)).toBe(200));

  test.each([
    'obrien@example.org',
    'brien@example.org',
    "o''brien@example.org",
    "o\\'brien@example.org",
    '@example.org',
    'a@example.org',
    emails.join(''),
  ])('and nobody else, such as %s', async (email) => expect(await answerFor(email)).toBe(401));
});
