// Crosses examples/platform, the compiler, a real Envoy Gateway, and oidc-provider.

import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer as createTlsServer } from 'node:https';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { compiledPlatform } from '../../gateway/compiledGateway.ts';
import { answerWithTheQuestion, envoySuite } from '../fixtures/envoyGateway.ts';
import { listening } from '../fixtures/listening.ts';
import { certificateFor, makeKey } from '../origin-proxy/issuer.ts';
import { type CompiledBench, compiledBench } from './compiledBench.ts';
import { type OidcIssuer, startOidcIssuer } from './oidc/issuer.ts';
import { type Answer, grpcApplication } from './platform/asking.ts';
import { chapterMarks, chapterOf } from './platform/chapter.ts';
import { exampleInstances, exampleValues, type Instance } from './platform/example.ts';
import { programs } from './platform/tokens.ts';
import { askInEveryWay, type Row, said } from './platform/ways.ts';

/**
 * The example platform as it is compiled, each of its echoes asked in every way. What they answer is a chapter of
 * docs/gateway.md: with \`-u\` this test writes it. The programs of the echoes are stood in by those of the bench, and their
 * network policies are not here: tests/pods/gateway.test.ts has the real pods and policies of the same component.
 */
envoySuite(
  'the echoes of the example platform',
  (parts) => {
    const instances = exampleInstances();
    let bench: CompiledBench;
    let oidc: OidcIssuer;
    let rows: { who: Row[]; paths: Row[] };
    const servers: Server[] = [];

    beforeAll(async () => {
      const scratch = inject('realScratch');
      const { issuer, keysHost, keysPath } = exampleValues();
      const tls = certificateFor(await mkdtemp(join(scratch, 'id-')), keysHost);
      const key = await makeKey('one');
      const node = parts['node-22'];
      oidc = await startOidcIssuer({ node, scratch, issuer, keysPath, tls, clients: programs }, key);
      const own = certificateFor(await mkdtemp(join(scratch, 'sealed-')), 'backend.test');
      const sealed = createTlsServer(
        { cert: readFileSync(own.certificate), key: readFileSync(own.key) },
        answerWithTheQuestion,
      );
      servers.push(grpcApplication(), sealed);
      const [grpcPort = 0, tlsPort = 0] = await Promise.all(servers.map(listening));
      const later = laterApps();
      bench = await compiledBench(
        parts,
        compiledPlatform(),
        { 'echo-rpc': grpcPort, 'echo-sealed': tlsPort },
        { byName: [{ host: keysHost, to: oidc.socket, authority: tls.certificate }] },
      );
      const addApps = async () => bench.add(later.shift() ?? missing());
      rows = await askInEveryWay({
        instances,
        bench,
        oidc,
        keys: { oidc: key, access: bench.access.keys[0] ?? missing() },
        addApps,
      });
    }, 600_000);
    afterAll(async () => {
      await bench?.[Symbol.asyncDispose]();
      await oidc?.[Symbol.asyncDispose]();
      for (const server of servers) server.close();
    });

    const isAsked = ({ status }: Answer) => /^(200|0 OK)$/.test(status);
    /** All answers, with their echo and the way in which it was asked. */
    const all = () =>
      [...rows.who, ...rows.paths].flatMap(({ answers, ...way }) =>
        instances.map((instance) => ({ way, instance, answer: answers[instance.name] ?? missing() })),
      );
    const reached = (of: ReturnType<typeof all>) =>
      of.filter(({ answer }) => isAsked(answer)).map(({ way, instance }) => `${instance.name}: ${way.title}`);

    test('see nothing of what is refused, and everything of what is not', () => {
      expect(all().length).toBeGreaterThan(200);
      for (const { answer } of all()) expect(answer.saw !== undefined).toBe(isAsked(answer));
    });

    test('are reached with a good token, from where they are for', () => {
      const good = all().filter(({ way }) => way.title === 'a good one');
      expect(reached(good)).toEqual(instances.map(({ name }) => `${name}: a good one`));
    });

    test('that demand a token are reached with no other', () => {
      const demanding = all().filter(({ instance }) => /^(access|jwt)$/.test(instance.login));
      expect(new Set(demanding.map(({ instance }) => instance.name)).size).toBe(3);
      // A route that names nobody lets in whoever has a token for it.
      const isGood = (token: Row['token']) => token === 'good' || token === 'not named';
      const others = demanding.filter(({ way }) => !isGood(way.token));
      expect(others.length).toBeGreaterThan(30);
      expect(reached(others)).toEqual([]);
    });

    test('that are for the home network are reached from nowhere else, whatever the token', () => {
      const outside = all().filter(({ way, instance }) => way.from === 'elsewhere' && isHome(instance));
      expect(outside).toHaveLength(2 * instances.filter(isHome).length);
      expect(reached(outside)).toEqual([]);
    });

    test('behind a route of HTTP or gRPC see nothing that a client says of itself', () => {
      const read = all().filter(({ instance }) => /^(http|grpc)$/.test(instance.protocol));
      const isOfCloudflare = (name: string) =>
        /^(x-forwarded-for|cf-(?!access-authenticated-).*)$/.test(name);
      const values = read.flatMap(({ instance, answer }) =>
        Object.entries(answer.saw?.headers ?? {}).filter(
          ([name]) => !(instance.gateway === 'envoy-tunnel' && isOfCloudflare(name)),
        ),
      );
      expect(values.length).toBeGreaterThan(500);
      expect(values.filter(([, value]) => Object.values(said).includes(value))).toEqual([]);
    });

    test('answer as docs/gateway.md says', async () => {
      const file = join(import.meta.dirname, '../../../docs/gateway.md');
      const [begin, end] = chapterMarks;
      const [before = '', rest = ''] = readFileSync(file, 'utf8').split(begin);
      const [, after = ''] = rest.split(end);
      const page = `${before}${begin}\n\n${chapterOf(instances, rows)}\n\n${end}${after}`;
      await expect(page).toMatchFileSnapshot(file);
    });
  },
  ['node-22'],
);

const isHome = ({ gateway }: Instance) => gateway === 'envoy-internal';

/**
 * Apps with the logins of `token` and `access`, which come one after another while the others run. Each has an audience of
 * its own: Envoy reads no keys anew for one that another app has too.
 */
function laterApps(): KubernetesObject[][] {
  const numbers = [1, 2, 3, 4, 5];
  const changed = compiledPlatform({
    cluster: ({ echo: { instances } }) => {
      for (const number of numbers) {
        const token = structuredClone(instances.token);
        token.internet.login.audiences = [`later${number}`];
        instances[`later${number}-token`] = token;
        instances[`later${number}-access`] = structuredClone(instances.access);
      }
    },
    privateFile: ({ echo: { instances } }) => {
      for (const number of numbers) {
        const access = structuredClone(instances.access);
        access.internet.login.audience = `${'f'.repeat(63)}${number}`;
        instances[`later${number}-access`] = { ...access, host: `later${number}-access.example.org` };
        instances[`later${number}-token`] = { host: `later${number}-token.example.org` };
      }
    },
  });
  return numbers.map((number) => changed.filter(({ metadata }) => metadata.name.includes(`later${number}-`)));
}

function missing(): never {
  throw new Error('there is no more of it');
}
