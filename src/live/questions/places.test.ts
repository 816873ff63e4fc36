import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeCluster } from '../../../tests/live/fakeCluster.ts';
import type { LiveQuestion } from '../../components/contract/checks.ts';
import { type Private, privateNamed } from '../../config/private.ts';
import type { Answer, Asking, Place, PlaceAnswer, PlaceRequest, SeenCertificate } from '../check.ts';
import { declaredCheck } from './ask.ts';
import { accessToken } from './gate.ts';

const host = privateNamed('HOST');
const team = privateNamed('TEAM');
const audience = privateNamed('AUDIENCE');
const values = new Map([
  ['HOST', 'photos.example.org'],
  ['TEAM', 'example-team'],
  ['AUDIENCE', 'a'.repeat(64)],
]);
const now = () => new Date('2026-11-30T12:00:00Z');

interface Seen {
  answer?: PlaceAnswer | { failure: string } | ((asked: PlaceRequest) => PlaceAnswer);
  addresses?: readonly string[] | { failure: string };
  certificate?: SeenCertificate | { failure: string };
}

function placeThat({ answer = { status: 200 }, addresses = [], certificate = { failure: 'no' } }: Seen) {
  const asked: PlaceRequest[] = [];
  const place: Place = {
    request: async (request) => {
      asked.push(request);
      return typeof answer === 'function' ? answer(request) : answer;
    },
    addresses: async () => addresses,
    certificate: async () => certificate,
  };
  return { place, asked };
}

const ask = (question: LiveQuestion, asking: Partial<Asking>, known = values): Promise<Answer> =>
  declaredCheck({ id: 'a', promise: 'b', remedy: 'c', field: 'd', component: 'e', question }, known).ask({
    cluster: undefined,
    now,
    ...asking,
  });
const outside = (seen: Seen) => ({ places: { internet: placeThat(seen).place } });
const atHome = (seen: Seen) => ({ places: { home: placeThat(seen).place } });

const questions: Record<string, LiveQuestion & { host: Private }> = {
  gate: { kind: 'gate', host, path: '/', team, audience, token: 'none' },
  upload: { kind: 'upload', host, path: '/', bytes: 11 },
  certificate: { kind: 'certificate', host, from: 'internet' },
  addresses: {
    kind: 'addresses',
    host,
    from: 'internet',
    to: { ranges: ['104.16.0.0/13'], name: 'Cloudflare' },
  },
  json: { kind: 'json', host, port: 1, path: '/', field: 'a', value: true },
  url: { kind: 'url', host, path: '/', from: 'internet', status: [200] },
};

describe.each(Object.entries(questions))('%s', (_, question) => {
  it('is not checked in another place, and names the command', async () => {
    const { verdict, remedy } = await ask(question, {});
    expect([verdict, remedy]).toEqual([
      'not checked',
      expect.stringMatching(/^gatehouse verify --from (outside|home)$/),
    ]);
  });

  it('is not checked without private values', async () => {
    const given = { places: { ...outside({}).places, ...atHome({}).places } };
    expect(await ask(question, given, new Map())).toMatchObject({ verdict: 'not checked' });
  });
});

describe('a gate', () => {
  const login = 'https://example-team.cloudflareaccess.com/cdn-cgi/access/login/photos.example.org?kid=1';
  it.each([
    ['the login of Access', { status: 302, location: login }, 'kept'],
    ['403', { status: 403 }, 'kept'],
    ['401 of the origin proxy', { status: 401 }, 'kept'],
    ['the app', { status: 200 }, 'broken'],
    ['something that is not there', { status: 404 }, 'broken'],
    [
      'another page',
      { status: 302, location: 'https://example-team.cloudflareaccess.com.evil.example/' },
      'broken',
    ],
    ['a page of the app', { status: 302, location: '/auth/login' }, 'broken'],
    ['nowhere', { status: 302 }, 'broken'],
    ['a tunnel that is down', { status: 530 }, 'not checked'],
    ['an origin that fails', { status: 502 }, 'not checked'],
    ['nobody', { failure: 'nobody answers there' }, 'not checked'],
  ] as const)('that leads to %s', async (_, answer, verdict) => {
    for (const token of ['none', 'forged'] as const) {
      const found = await ask({ kind: 'gate', host, path: '/', team, audience, token }, outside({ answer }));
      expect(found.verdict).toBe(verdict);
      expect(found.evidence.join()).toContain(token === 'none' ? 'without a token' : 'with a forged token');
    }
  });

  it('is asked with a token in the header and in the cookie, or with none', async () => {
    for (const token of ['none', 'forged'] as const) {
      const { place, asked } = placeThat({ answer: { status: 403 } });
      await ask(
        { kind: 'gate', host, path: '/', team, audience, token, email: host },
        { places: { internet: place } },
      );
      const [{ headers = {} } = {}] = asked;
      const jwt = headers['Cf-Access-Jwt-Assertion'];
      expect(headers['Cookie']).toBe(jwt === undefined ? undefined : `CF_Authorization=${jwt}`);
      expect(jwt === undefined).toBe(token === 'none');
    }
  });

  it('gets a token that says all that Access would say, signed by nobody', () => {
    const given = { team: 'example-team', audience: 'x', email: 'owner@example.org', now: now() };
    const [head = '', body = '', signature = ''] = accessToken(given).split('.');
    const decoded = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString());
    expect(decoded(head)).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
    expect(decoded(body)).toMatchObject({
      ...{ aud: ['x'], email: 'owner@example.org', iss: 'https://example-team.cloudflareaccess.com' },
      exp: now().getTime() / 1000 + 3_600,
    });
    // Two of nobody's keys: a signature of 2,048 bits, and never the same.
    expect(Buffer.from(signature, 'base64url')).toHaveLength(256);
    expect(accessToken(given).split('.')[2]).not.toBe(signature);
  });
});

describe('a route that demands a token', () => {
  const question: LiveQuestion = {
    ...{ kind: 'url', host, path: '/', from: 'home', status: [401] },
    forged: { issuer: 'https://${TEAM}.example.org/realm', audience: 'echo' },
  };

  it('gets one of its issuer, signed by nobody', async () => {
    const { place, asked } = placeThat({ answer: { status: 401 } });
    const answer = await ask(question, { places: { home: place } });
    expect(answer).toMatchObject({ verdict: 'kept' });
    const [scheme, token = ''] = (asked[0]?.headers?.['Authorization'] ?? '').split(' ');
    const [, body = '', signature = ''] = token.split('.');
    expect(scheme).toBe('Bearer');
    expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toMatchObject({
      iss: 'https://example-team.example.org/realm',
      aud: ['echo'],
      exp: now().getTime() / 1000 + 3_600,
    });
    expect(Buffer.from(signature, 'base64url')).toHaveLength(256);
    expect(JSON.stringify(answer)).not.toContain(signature);
  });

  it.each([
    [200, 'broken'],
    [403, 'broken'],
    [500, 'broken'],
  ] as const)('is broken where it takes it, or does not say what it has to: %i', async (status, verdict) => {
    expect(await ask(question, atHome({ answer: { status } }))).toMatchObject({ verdict });
  });

  it('is not asked without the name of the issuer', async () => {
    const known = new Map([['HOST', 'photos.example.org']]);
    expect(await ask(question, atHome({ answer: { status: 401 } }), known)).toMatchObject({
      verdict: 'not checked',
    });
  });
});

describe('an upload', () => {
  const question = questions['upload'] as LiveQuestion;
  const given = (token?: string) => ({ given: { variable: () => token } });
  it.each([
    [413, 'kept'],
    [200, 'broken'],
    [404, 'broken'],
    [302, 'not checked'],
    [403, 'not checked'],
    [530, 'not checked'],
  ] as const)('that is answered with %i', async (status, verdict) => {
    expect(await ask(question, outside({ answer: { status } }))).toMatchObject({ verdict });
  });

  it('has the token of the user, and says how to get one', async () => {
    const { place, asked } = placeThat({ answer: { status: 302 } });
    const answer = await ask(question, { places: { internet: place }, ...given('secret-token') });
    expect(asked[0]).toMatchObject({
      method: 'POST',
      body: { zeros: 11 },
      headers: { Cookie: 'CF_Authorization=secret-token' },
    });
    expect(JSON.stringify(answer)).not.toContain('secret-token');
    expect(answer.remedy).toContain('cloudflared access token --app=https://photos.example.org');
  });
});

describe('where nothing comes back', () => {
  it.each([
    ['the name does not exist here (ENOTFOUND)', /DNS record/],
    ['the name could not be looked up (EAI_AGAIN)', /network of this computer/],
    ['there is no way there (ENETUNREACH)', /network of this computer/],
    ['nobody answers there (ECONNREFUSED)', /whether something answers there/],
    ['the certificate has expired (CERT_HAS_EXPIRED)', /which certificate/],
  ])('the remedy is for the cause: %s', async (failure, remedy) => {
    const nothing = { answer: { failure }, addresses: { failure }, certificate: { failure } };
    const gate = { kind: 'gate', host, path: '/', team, audience, token: 'none' } as const;
    const upload = { kind: 'upload', host, path: '/', bytes: 1 } as const;
    for (const question of [gate, upload, questions['certificate'], questions['addresses']]) {
      const found = await ask(question as LiveQuestion, outside(nothing));
      expect([found.verdict, found.remedy]).toEqual(['not checked', expect.stringMatching(remedy)]);
    }
  });
});

describe('a certificate', () => {
  const days = { from: new Date('2026-11-01T00:00:00Z'), until: new Date('2026-12-24T00:00:00Z') };
  it.each([
    ['valid', { fault: undefined, ...days }, 'kept'],
    ['not trusted', { fault: 'this computer does not trust it', ...days }, 'broken'],
    ['over', { fault: undefined, ...days, until: new Date('2026-11-29T00:00:00Z') }, 'broken'],
    ['for later', { fault: undefined, ...days, from: new Date('2026-12-01T00:00:00Z') }, 'broken'],
    ['of unknown days', { fault: undefined, from: new Date(''), until: new Date('') }, 'broken'],
    ['not seen', { failure: 'nobody answers there' }, 'not checked'],
  ] as const)('that is %s', async (_, certificate, verdict) => {
    expect(await ask(questions['certificate'] as LiveQuestion, outside({ certificate }))).toMatchObject({
      verdict,
    });
  });
});

describe('a name', () => {
  it.each([
    [['104.16.1.1', '104.23.255.255'], 'kept'],
    [['104.16.1.1', '192.168.1.10'], 'broken'],
    [['203.0.113.9'], 'broken'],
    [[], 'broken'],
    [['2606:4700::1'], 'broken'],
    [{ failure: 'no' }, 'not checked'],
  ] as const)('that leads to %j outside', async (addresses, verdict) => {
    expect(await ask(questions['addresses'] as LiveQuestion, outside({ addresses }))).toMatchObject({
      verdict,
    });
  });

  const toPrivate: LiveQuestion = {
    kind: 'addresses',
    host,
    from: 'home',
    to: { ranges: ['${GATEWAY}'], name: 'the Gateway' },
  };
  it.each([
    [['192.0.2.242'], 'kept'],
    [['192.0.2.241'], 'broken'],
  ] as const)('that leads to %j, where one private address is meant', async (addresses, verdict) => {
    const known = new Map([...values, ['GATEWAY', '192.0.2.242'] as const]);
    expect(await ask(toPrivate, atHome({ addresses }), known)).toMatchObject({ verdict });
  });

  it('is not checked where the private address is not known', async () => {
    expect(await ask(toPrivate, atHome({ addresses: ['192.0.2.242'] }))).toMatchObject({
      verdict: 'not checked',
    });
  });

  const labels = { app: 'server' };
  const home: LiveQuestion = {
    kind: 'addresses',
    host,
    from: 'home',
    to: { nodesOf: { namespace: 'media', labels } },
  };
  const pod = (name: string, hostIP: string, own: object = labels) => ({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'media', labels: { ...own } } },
    status: { phase: 'Running', hostIP },
  });
  it.each([
    [['192.0.2.10'], 'kept'],
    [['192.0.2.11'], 'broken'],
    [['104.16.1.1'], 'broken'],
  ] as const)('that leads to %j at home', async (addresses, verdict) => {
    const { cluster } = fakeCluster([pod('a', '192.0.2.10'), pod('b', '192.0.2.11', {})]);
    expect(await ask(home, { ...atHome({ addresses }), cluster })).toMatchObject({ verdict });
  });

  it('is not checked at home where nothing says which node is meant', async () => {
    expect(await ask(home, atHome({ addresses: ['192.0.2.10'] }))).toMatchObject({ verdict: 'not checked' });
    const { cluster } = fakeCluster([]);
    expect(await ask(home, { ...atHome({ addresses: ['192.0.2.10'] }), cluster })).toMatchObject({
      verdict: 'not checked',
    });
  });
});

describe('a page of JSON', () => {
  it.each([
    ['the value', { status: 200, body: '{"a":true}' }, 'kept'],
    ['another value', { status: 200, body: '{"a":false}' }, 'broken'],
    ['no such field', { status: 200, body: '{}' }, 'broken'],
    ['no JSON', { status: 200, body: '<html>' }, 'broken'],
    ['a failure', { status: 503, body: '{"a":true}' }, 'broken'],
    ['no answer', { failure: 'nobody answers there' }, 'broken'],
  ] as const)('with %s', async (_, answer, verdict) => {
    expect(await ask(questions['json'] as LiveQuestion, atHome({ answer }))).toMatchObject({ verdict });
  });
});

describe('an upload at home', () => {
  const question: LiveQuestion = {
    ...{
      kind: 'stored',
      host,
      port: 30_082,
      path: '/api/assets',
      file: 'assetData',
      fields: { at: 'now', b: 'c' },
    },
    key: { header: 'x-api-key', variable: 'KEY' },
    location: { field: 'originalPath', below: '/data' },
    remove: { ids: ['ID'], force: true },
  };

  /** An app that writes what is uploaded into a directory, and says that it lies at a path. */
  function app(library: string | undefined, said = '/data/upload/a/file.png', removed = 204) {
    const sent: PlaceRequest[] = [];
    const { place } = placeThat({
      answer: (asked) => {
        sent.push(asked);
        const { method = 'GET', body, headers } = asked;
        if (headers?.['x-api-key'] !== 'key-1') return { status: 401 };
        if (method === 'DELETE') return { status: removed };
        if (method === 'GET') return { status: 200, body: JSON.stringify({ originalPath: said }) };
        const bytes = body instanceof Buffer ? body : Buffer.alloc(0);
        const begins = bytes.indexOf('\r\n\r\n', bytes.indexOf('name="assetData"')) + 4;
        const content = bytes.subarray(begins, bytes.lastIndexOf('\r\n--gatehouse-'));
        if (library !== undefined) {
          const file = join(library, said.replace('/data/', ''));
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, content);
        }
        return { status: 201, body: '{"id":"id-1"}' };
      },
    });
    return { place, sent };
  }

  async function asked(place: Place, library: string, key = 'key-1'): Promise<Answer> {
    return ask(question, {
      places: { home: place },
      given: { variable: (name) => (name === 'KEY' ? key : undefined), library },
    });
  }

  it('is kept where the file is found, byte for byte, and deletes it', async () => {
    const library = mkdtempSync(join(tmpdir(), 'gatehouse-library-'));
    const { place, sent } = app(library);
    expect(await asked(place, library)).toEqual({
      verdict: 'kept',
      evidence: ['The upload lies in the library as upload/a/file.png, byte for byte'],
    });
    expect(sent.map(({ method = 'GET', path }) => `${method} ${path}`)).toEqual([
      'POST /api/assets',
      'GET /api/assets/id-1',
      'DELETE /api/assets',
    ]);
    expect(String(sent[2]?.body)).toBe('{"ids":["id-1"],"force":true}');
    const form = String(sent[0]?.body);
    expect(form).toContain(`name="at"\r\n\r\n${now().toISOString()}\r\n`);
    expect(form).toContain('name="b"\r\n\r\nc\r\n');
    rmSync(library, { recursive: true });
  });

  it('is broken at once where the directory here is not the library, and deletes it all the same', async () => {
    const [library, elsewhere] = ['library', 'elsewhere'].map((name) =>
      mkdtempSync(join(tmpdir(), `gatehouse-${name}-`)),
    ) as [string, string];
    const { place, sent } = app(library);
    expect(await asked(place, elsewhere)).toEqual({
      verdict: 'broken',
      evidence: ['The app took the upload as upload/a/file.png, and upload/ is not in the library here'],
    });
    expect(sent.at(-1)?.method).toBe('DELETE');
    for (const each of [library, elsewhere]) rmSync(each, { recursive: true });
  });

  it('is kept where the file is seen late, as on a mount that remembers what it saw', async () => {
    const library = mkdtempSync(join(tmpdir(), 'gatehouse-library-'));
    mkdirSync(join(library, 'upload'));
    const { place } = app(undefined);
    let content: Buffer | undefined;
    const late: Place = {
      ...place,
      request: async (request) => {
        const { method = 'GET', body } = request;
        // It lies there when the app is asked for the second time.
        if (method === 'GET' && content !== undefined) {
          mkdirSync(join(library, 'upload', 'a'));
          writeFileSync(join(library, 'upload', 'a', 'file.png'), content);
        }
        if (method === 'GET') content = picture;
        const bytes = body instanceof Buffer ? body : Buffer.alloc(0);
        const begins = bytes.indexOf('\r\n\r\n', bytes.indexOf('name="assetData"')) + 4;
        if (method === 'POST') picture = bytes.subarray(begins, bytes.lastIndexOf('\r\n--gatehouse-'));
        return place.request(request);
      },
    };
    let picture: Buffer | undefined;
    expect(await asked(late, library)).toMatchObject({ verdict: 'kept' });
    rmSync(library, { recursive: true });
  });

  it('says that the upload is left where it cannot be deleted', async () => {
    const library = mkdtempSync(join(tmpdir(), 'gatehouse-library-'));
    const { evidence } = await asked(app(library, undefined, 500).place, library);
    expect(evidence.at(-1)).toBe('The upload id-1 could not be deleted: it was answered with 500');
    rmSync(library, { recursive: true });
  });

  it('is not checked with a key that is not accepted, and shows none', async () => {
    const answer = await asked(app(undefined).place, '/nowhere', 'wrong-key');
    expect(answer).toMatchObject({ verdict: 'not checked' });
    expect(JSON.stringify(answer)).not.toContain('wrong-key');
  });

  it('is not checked without a key or a library, and names the command', async () => {
    const answer = await ask(question, { places: { home: app(undefined).place } });
    expect(answer).toMatchObject({
      verdict: 'not checked',
      remedy: expect.stringContaining('--library DIRECTORY'),
    });
  });
});
