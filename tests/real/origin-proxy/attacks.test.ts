import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realSuite } from '../fixtures/suite.ts';
import { startEnvironment, type TestEnvironment } from './environment.ts';
import { exchange, get, tokenLine } from './exchange.ts';
import { audience, makeKey, now, type SigningKey, serviceClaims, sign, userClaims } from './issuer.ts';
import { until } from './originProxy.ts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

realSuite('the origin proxy against every wrong token', ['nginx'], ({ nginx }) => {
  let world: TestEnvironment;
  let stranger: SigningKey;
  let attack = 0;

  beforeAll(async () => {
    world = await startEnvironment(nginx, {
      headers: ['X-Immich-Share-Key', 'X-Api-Key'],
      access: {
        allowedEmails: ['Owner@Example.org', 'kim@sk.example.org'],
        allowedServiceTokens: ['abc.access'],
      },
    });
    stranger = await makeKey('k1');
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const claims = (more: Record<string, unknown> = {}) => userClaims(world.issuer, more);
  const without = (name: string) =>
    Object.fromEntries(Object.entries(claims()).filter(([key]) => key !== name));
  const signed = (more: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
    sign(claims(more), world.key, header);
  const parts = async (): Promise<[string, string, string]> => {
    const [header = '', payload = '', signature = ''] = (await signed()).split('.');
    return [header, payload, signature];
  };
  /** The signature under an old name, made with the bytes of the public key: the confusion of algorithms. */
  const hmacWithPublicKey = () => {
    const text = `${encode({ alg: 'HS256', kid: 'k1', typ: 'JWT' })}.${encode(claims())}`;
    return `${text}.${createHmac('sha256', JSON.stringify(world.key.jwk)).update(text).digest('base64url')}`;
  };

  /** Every token, and why the log says it was refused; undefined passes. */
  const tokens: [name: string, refused: string | undefined, token: () => string | Promise<string>][] = [
    ['valid', undefined, () => signed()],
    ['of an allowed user in other case', undefined, () => signed({ email: 'OWNER@example.org' })],
    ['with a second audience', undefined, () => signed({ aud: ['other', audience] })],
    [
      'of an allowed service token',
      undefined,
      () => sign(serviceClaims(world.issuer, 'abc.access'), world.key),
    ],
    ['expired within the skew', undefined, () => signed({ exp: now() - 20 })],
    ['valid from now on within the skew', undefined, () => signed({ nbf: now() + 20 })],
    ['empty', 'missing', () => ''],
    ['the value x', 'malformed', () => 'x'],
    ['two parts', 'malformed', async () => (await parts()).slice(0, 2).join('.')],
    ['four parts', 'malformed', async () => `${await signed()}.x`],
    ['joined with itself by a comma', 'malformed', async () => [await signed(), await signed()].join(', ')],
    [
      'joined with itself by a comma only',
      'malformed',
      async () => [await signed(), await signed()].join(','),
    ],
    ['in quotes', 'malformed', async () => `"${await signed()}"`],
    ['with Bearer', 'malformed', async () => `Bearer ${await signed()}`],
    ['padded', 'malformed', async () => `${await signed()}=`],
    ['HS256 with the public key', 'algorithm', hmacWithPublicKey],
    ['alg none', 'malformed', () => `${encode({ alg: 'none', kid: 'k1' })}.${encode(claims())}.`],
    [
      'alg none with a signature',
      'algorithm',
      async () => `${encode({ alg: 'none', kid: 'k1' })}.${encode(claims())}.${(await parts())[2]}`,
    ],
    [
      'alg RS512',
      'algorithm',
      async () => `${encode({ alg: 'RS512', kid: 'k1' })}.${encode(claims())}.${(await parts())[2]}`,
    ],
    [
      'alg in lower case',
      'algorithm',
      async () => `${encode({ alg: 'rs256', kid: 'k1' })}.${encode(claims())}.${(await parts())[2]}`,
    ],
    [
      'no kid',
      'unknown-key',
      async () => `${encode({ alg: 'RS256' })}.${encode(claims())}.${(await parts())[2]}`,
    ],
    ['kid of nobody', 'unknown-key', () => sign(claims(), { ...world.key, kid: 'k9' })],
    ['kid of a property', 'unknown-key', () => sign(claims(), { ...world.key, kid: 'constructor' })],
    ['kid __proto__', 'unknown-key', () => sign(claims(), { ...world.key, kid: '__proto__' })],
    ['a stranger’s key under our kid', 'signature', () => sign(claims(), stranger)],
    ['a stranger’s key in jwk', 'signature', () => sign(claims(), stranger, { jwk: stranger.jwk })],
    [
      'a foreign key at jku',
      'signature',
      () => sign(claims(), stranger, { jku: 'https://evil.example/jwks' }),
    ],
    [
      'a foreign key at x5u',
      'signature',
      () => sign(claims(), stranger, { x5u: 'https://evil.example/x5u' }),
    ],
    [
      'crit',
      'malformed',
      async () =>
        `${encode({ alg: 'RS256', kid: 'k1', crit: ['b64'], b64: false })}.${encode(claims())}.${(await parts())[2]}`,
    ],
    ['wrong audience', 'audience', () => signed({ aud: ['0'.repeat(64)] })],
    ['audience as a string', 'audience', () => signed({ aud: audience })],
    ['no audience in the list', 'audience', () => signed({ aud: [] })],
    ['audience within a list', 'audience', () => signed({ aud: [[audience]] })],
    ['another type', 'audience', () => signed({ type: 'org' })],
    ['another team', 'issuer', () => signed({ iss: 'https://other.cloudflareaccess.test' })],
    ['issuer with a slash', 'issuer', () => signed({ iss: `${world.issuer.issuer}/` })],
    ['issuer in capitals', 'issuer', () => signed({ iss: world.issuer.issuer.toUpperCase() })],
    ['expired', 'expiry', () => signed({ exp: now() - 31 })],
    ['exp as a string', 'expiry', () => sign({ ...claims(), exp: String(now() + 3600) }, world.key)],
    ['exp null', 'expiry', () => sign({ ...claims(), exp: null }, world.key)],
    ['exp as a list', 'expiry', () => sign({ ...claims(), exp: [now() + 3600] }, world.key)],
    ['not yet valid', 'not-yet-valid', () => signed({ nbf: now() + 60 })],
    ['nbf as a string', 'not-yet-valid', () => sign({ ...claims(), nbf: String(now()) }, world.key)],
    ...['iss', 'aud', 'exp', 'nbf', 'email'].map((name): [string, string, () => Promise<string>] => [
      `without ${name}`,
      { iss: 'issuer', aud: 'audience', exp: 'expiry', nbf: 'not-yet-valid', email: 'identity' }[name] ?? '',
      () => sign(without(name), world.key),
    ]),
    ['an empty object', 'issuer', () => sign({}, world.key)],
    ['a user who is not listed', 'not-allowed', () => signed({ email: 'other@example.org' })],
    [
      'a user whose name contains ours',
      'not-allowed',
      () => signed({ email: 'owner@example.org.evil.example' }),
    ],
    ['a user with a Kelvin sign for k', 'not-allowed', () => signed({ email: '\u212Aim@sk.example.org' })],
    ['a domain with a Kelvin sign for k', 'not-allowed', () => signed({ email: 'kim@s\u212A.example.org' })],
    ['a domain with a long s for s', 'not-allowed', () => signed({ email: 'kim@\u017Fk.example.org' })],
    [
      'a user in capitals of another width',
      'not-allowed',
      () => signed({ email: '\uFF2Bim@sk.example.org' }),
    ],
    ['an e-mail with a line break', 'identity', () => signed({ email: 'owner@example.org\r\nX-Admin: 1' })],
    ['an e-mail as a list', 'identity', () => signed({ email: ['owner@example.org'] })],
    [
      'a service token that is not listed',
      'not-allowed',
      () => sign(serviceClaims(world.issuer, 'def.access'), world.key),
    ],
    [
      'a user with the name of a service token',
      'not-allowed',
      () => signed({ email: 'x@example.org', common_name: 'abc.access' }),
    ],
    [
      'another payload',
      'signature',
      async () => {
        const [header, , signature] = await parts();
        return [header, encode(claims({ email: 'owner@example.org', sub: 'other' })), signature].join('.');
      },
    ],
    [
      'a truncated signature',
      'signature',
      async () => {
        const [header, payload, signature] = await parts();
        return [
          header,
          payload,
          Buffer.from(signature, 'base64url').subarray(0, -1).toString('base64url'),
        ].join('.');
      },
    ],
    [
      'a signature with one byte more',
      'signature',
      async () => {
        const [header, payload, signature] = await parts();
        return [
          header,
          payload,
          Buffer.concat([Buffer.from(signature, 'base64url'), Buffer.from('x')]).toString('base64url'),
        ].join('.');
      },
    ],
    ['a signature of one byte', 'signature', async () => [...(await parts()).slice(0, 2), 'AA'].join('.')],
    [
      'a signature spelt in another way',
      'malformed',
      async () => {
        const token = await signed();
        // 256 bytes leave four bits of the last character unused.
        const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(
          token.at(-1) ?? '',
        );
        return `${token.slice(0, -1)}${'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[last + 1]}`;
      },
    ],
    ['base64 of the old alphabet', 'malformed', async () => (await signed()).replace(/\.(...)/, '.$1+')],
    [
      'a header that is no JSON',
      'malformed',
      async () => `${Buffer.from('{alg').toString('base64url')}.${(await parts())[1]}.AAAA`,
    ],
    ['a header that is a list', 'malformed', async () => `${encode(['RS256'])}.${(await parts())[1]}.AAAA`],
    [
      'a header that is not UTF-8',
      'malformed',
      async () => `${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.AAAA.AAAA`,
    ],
    ['9 KB', 'too-long', () => signed({ fill: 'x'.repeat(6800) })],
  ];

  test.each(tokens)('%s', async (_name, refused, token) => {
    const hits = world.app.received.length;
    attack += 1;
    const path = `/attack/${attack}`;
    const { status, body } = await get(world.proxy.port, await token(), path);
    expect(status).toBe(refused === undefined ? 200 : 401);
    expect(world.app.received.length - hits).toBe(refused === undefined ? 1 : 0);
    if (refused === undefined) return;
    expect(body).toBe('Unauthorized\n');
    expect(await logged(world, path)).toMatchObject({ refused, status: '401' });
  });

  test('refuses a token of 64 KB', async () => {
    const hits = world.app.received.length;
    expect((await get(world.proxy.port, 'x'.repeat(65_536))).status).toBe(401);
    expect(world.app.received.length).toBe(hits);
  });

  test('accepts a valid token again without a fetch or a verification', async () => {
    const token = await signed();
    for (let round = 0; round < 20; round += 1) expect((await get(world.proxy.port, token)).status).toBe(200);
  });

  describe('the header', () => {
    const head = 'GET / HTTP/1.1\r\nHost: photos.example.org\r\n';
    test.each<[string, number, (token: string) => string]>([
      ['missing', 401, () => head],
      ['twice', 401, (token) => head + tokenLine(token) + tokenLine(token)],
      ['twice, first empty', 401, (token) => head + tokenLine('') + tokenLine(token)],
      ['twice, first wrong', 401, (token) => head + tokenLine('x') + tokenLine(token)],
      ['twice, second wrong', 401, (token) => head + tokenLine(token) + tokenLine('x')],
      ['with underscores', 401, (token) => `${head}Cf_Access_Jwt_Assertion: ${token}\r\n`],
      ['in capitals', 200, (token) => `${head}CF-ACCESS-JWT-ASSERTION: ${token}\r\n`],
      ['only as a cookie', 401, (token) => `${head}Cookie: CF_Authorization=${token}\r\n`],
      ['only as a bearer', 401, (token) => `${head}Authorization: Bearer ${token}\r\n`],
      ['only in the query', 401, (token) => `GET /?cf-access-jwt-assertion=${token} HTTP/1.1\r\nHost: a\r\n`],
      ['with a space before the colon', 400, (token) => `${head}Cf-Access-Jwt-Assertion : ${token}\r\n`],
      ['folded', 400, (token) => `${head}Cf-Access-Jwt-Assertion: x\r\n ${token}\r\n`],
      ['after a bare line feed', 200, (token) => `${head}X: a\n${tokenLine(token)}`],
    ])('%s: %i', async (_name, status, request) => {
      const hits = world.app.received.length;
      const answer = await exchange(world.proxy.port, `${request(await signed())}\r\n`);
      expect(answer.status).toBe(status);
      expect(world.app.received.length - hits).toBe(status === 200 ? 1 : 0);
    });
  });

  describe('smuggling', () => {
    const post = 'POST / HTTP/1.1\r\nHost: a\r\n';
    const inside = 'GET /inside HTTP/1.1\r\nHost: a\r\n\r\n';
    test.each<[string, number, (line: string) => string]>([
      [
        'Transfer-Encoding twice',
        400,
        (line) =>
          `${post}${line}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${inside}`,
      ],
      [
        'Content-Length twice',
        400,
        (line) => `${post}${line}Content-Length: 0\r\nContent-Length: ${inside.length}\r\n\r\n${inside}`,
      ],
      [
        'both',
        400,
        (line) =>
          `${post}${line}Content-Length: ${inside.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inside}`,
      ],
      [
        'an unknown Transfer-Encoding',
        501,
        (line) => `${post}${line}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inside}`,
      ],
      ['a negative Content-Length', 400, (line) => `${post}${line}Content-Length: -1\r\n\r\n${inside}`],
      [
        'chunked in HTTP/1.0',
        400,
        (line) => `POST / HTTP/1.0\r\nHost: a\r\n${line}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inside}`,
      ],
      ['two hosts', 400, (line) => `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n${line}\r\n`],
      ['HTTP/1.0', 200, (line) => `GET / HTTP/1.0\r\nHost: a\r\n${line}\r\n`],
      ['HTTP/1.1 without a host', 400, (line) => `GET / HTTP/1.1\r\n${line}\r\n`],
    ])('%s: %i with a token, and never without', async (_name, status, request) => {
      const hits = world.app.received.length;
      const refused = await exchange(world.proxy.port, request(''));
      expect(refused.status).toBe(status === 200 ? 401 : status);
      expect(world.app.received.length).toBe(hits);
      const answer = await exchange(world.proxy.port, request(tokenLine(await signed())));
      expect(answer.status).toBe(status);
      expect(world.app.received.slice(hits).map(({ url }) => url)).toEqual(status === 200 ? ['/'] : []);
    });

    test('requires a token for a second request on the same connection', async () => {
      const hits = world.app.received.length;
      const first = `GET /first HTTP/1.1\r\nHost: a\r\n${tokenLine(await signed())}\r\n`;
      await exchange(world.proxy.port, first + inside);
      expect(world.app.received.slice(hits).map(({ url }) => url)).toEqual(['/first']);
    });

    test('does not pass an upgrade to other protocols than web sockets', async () => {
      const more =
        'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n';
      expect((await get(world.proxy.port, await signed(), '/', more)).status).toBe(200);
      expect(world.app.received.at(-1)?.headers).not.toHaveProperty('upgrade');
    });
  });

  test.each([
    '//',
    '/%2e%2e/',
    '/a/../b',
    '/./',
    '/live',
    '/ready',
    '/metrics',
    '/verdict',
    '/@too_large',
    'http://other.example/x',
    '/%00',
    '/a%2fb',
    '/\\..\\',
  ])('the path %s asks for a token', async (path) => {
    const hits = world.app.received.length;
    expect([400, 401]).toContain((await get(world.proxy.port, undefined, path)).status);
    expect([400, 401]).toContain((await get(world.proxy.port, 'x', path)).status);
    expect(world.app.received.length).toBe(hits);
  });

  test.each(['CONNECT', 'TRACE', 'OPTIONS', 'HEAD', 'PROPFIND', 'FOO'])(
    'requires a token for the method %s',
    async (method) => {
      const hits = world.app.received.length;
      const { status } = await exchange(
        world.proxy.port,
        `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      );
      expect([400, 401, 405]).toContain(status);
      expect(world.app.received.length).toBe(hits);
    },
  );

  test('tells the app the identity from the proxy only', async () => {
    const lies = [
      'Cf-Access-Authenticated-User-Email',
      'Cf-Access-Authenticated-User-Id',
      'Cf-Access-Client-Id',
      'Cf-Access-Client-Secret',
      'Cf-Access-Token',
      'Front-End-Https',
      'Remote-Email',
      'Remote-Groups',
      'X-Auth-Request-Access-Token',
      'X-Auth-Request-Email',
      'X-Auth-Request-Groups',
      'X-Auth-Request-Preferred-Username',
      'X-Auth-Request-User',
      'X-authentik-email',
      'X-authentik-groups',
      'X-authentik-jwt',
      'X-authentik-uid',
      'X-authentik-username',
      'X-Authenticated-User',
      'X-Client-Cert',
      'X-Forwarded-Access-Token',
      'X-Forwarded-Client-Cert',
      'X-Forwarded-Email',
      'X-Forwarded-Groups',
      'X-Forwarded-Preferred-Username',
      'X-Forwarded-User',
      'X-Goog-Authenticated-User-Email',
      'X-HTTP-Method-Override',
      'X-MS-Client-Principal',
      'X-Original-URL',
      'X-Remote-Group',
      'X-Remote-User',
      'X-Rewrite-URL',
      'X-SSL-Client-Cert',
      'X-Token-Subject',
      'X-Userinfo',
      'X-WEBAUTH-EMAIL',
      'X-WEBAUTH-USER',
      'X-Whatever-An-App-May-Read',
      'Remote-User',
      'Tailscale-User-Login',
      'X-Forwarded-For',
      'X-Forwarded-Proto',
      'Forwarded',
      'X-Real-IP',
      'True-Client-IP',
      'X-Forwarded-Host',
    ]
      .map((name) => `${name}: lie\r\n`)
      .join('');
    const more = `${lies}CF-Connecting-IP: 203.0.113.7\r\nX-Immich-Share-Key: kept\r\nCookie: immich_access_token=a\r\n`;
    expect((await get(world.proxy.port, await signed(), '/?a=b', more)).status).toBe(200);
    const { headers, url } = world.app.received.at(-1) ?? { headers: {}, url: '' };
    expect(url).toBe('/?a=b');
    expect(headers).toEqual({
      host: 'photos.example.org',
      cookie: 'immich_access_token=a',
      'x-immich-share-key': 'kept',
      'x-real-ip': '203.0.113.7',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'photos.example.org',
      'cf-connecting-ip': '203.0.113.7',
      'cf-access-authenticated-user-email': 'owner@example.org',
    });
  });

  test('tells the app everything that an app and its uploads need', async () => {
    const needed = {
      accept: 'image/avif,*/*',
      authorization: 'Bearer app',
      'content-disposition': 'attachment; filename="a.jpg"',
      'content-range': 'bytes 0-9/100',
      'content-type': 'application/octet-stream',
      'if-none-match': '"a"',
      'if-range': '"a"',
      origin: 'https://photos.example.org',
      range: 'bytes=0-9',
      'repr-digest': 'sha=:AA==:',
      'sec-fetch-site': 'same-origin',
      'tus-resumable': '1.0.0',
      'upload-complete': '?0',
      'upload-draft-interop-version': '8',
      'upload-metadata': 'filename YQ==',
      'upload-offset': '10',
      'user-agent': 'Immich_Android_3.1.0',
      'x-api-key': 'key',
    };
    const lines = Object.entries(needed).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `PATCH /upload HTTP/1.1\r\nHost: a\r\n${tokenLine(await signed())}${lines.join('')}`;
    for (const [framing, body] of [
      ['Content-Length: 5', 'hello'],
      ['Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'],
    ]) {
      expect((await exchange(world.proxy.port, `${head}${framing}\r\n\r\n${body}`)).status).toBe(200);
      const { headers, bytes, method } = world.app.received.at(-1) ?? {};
      expect(headers).toMatchObject({ ...needed, 'content-length': '5' });
      expect([bytes, method]).toEqual([5, 'PATCH']);
    }
  });

  test.each([
    ['CF_Authorization=x', undefined],
    ['CF_Authorization=x; a=1', 'a=1'],
    ['a=1; CF_Authorization=x', 'a=1;'],
    ['a=1; CF_Authorization=x; b=2', 'a=1; b=2'],
    ['a=1;CF_Authorization=x;b=2', 'a=1;b=2'],
    ['a=1; CF_Authorization=x; b=2; CF_AppSession=y; c=3; CF_Binding=z', 'a=1; b=2; c=3;'],
    ['a=1, CF_Authorization=x, b=2', 'a=1, b=2'],
    ['cf_authorization=x; a=1', 'a=1'],
    ['a=1;\tCF_Authorization=x', 'a=1;'],
    ['CF_Authorization; a=1', 'a=1'],
    [`a=1\r\nCookie: CF_Authorization=x\r\nCookie: b=2`, 'a=1; b=2'],
    [Array.from({ length: 9 }, () => 'CF_Authorization=x').join('; '), undefined],
    [`a=1; ${Array.from({ length: 9 }, () => 'CF_Authorization=x').join('; ')}`, undefined],
    ['a=CF_Authorization; b=xCF_y=1', 'a=CF_Authorization; b=xCF_y=1'],
    [
      'immich_access_token=abc_-=; immich_auth_type=oauth',
      'immich_access_token=abc_-=; immich_auth_type=oauth',
    ],
  ])('the cookies %j reach the app as %j', async (sent, received) => {
    expect((await get(world.proxy.port, await signed(), '/', `Cookie: ${sent}\r\n`)).status).toBe(200);
    expect(world.app.received.at(-1)?.headers.cookie).toBe(received);
  });

  test('obeys no order of the app', async () => {
    const hits = world.app.received.length;
    const orders = [
      'X-Accel-Redirect: /secret',
      'X-Accel-Redirect: @upload',
      'X-Accel-Redirect: @unavailable',
      'X-Accel-Expires: 3600',
      'X-Accel-Limit-Rate: 1',
      'X-Accel-Buffering: no',
      'X-Accel-Charset: utf-16',
    ];
    for (const order of orders) {
      const path = `/says?header=${encodeURIComponent(order)}`;
      const { status, body, head } = await get(world.proxy.port, await signed(), path);
      expect([status, body]).toEqual([200, 'hello from one']);
      expect(head).not.toMatch(/x-accel|utf-16/i);
    }
    expect(world.app.received.slice(hits).map(({ url }) => url.split('?')[0])).toEqual(
      orders.map(() => '/says'),
    );
  });

  test('sends no e-mail for a service token, whatever the client sends', async () => {
    const token = await sign(serviceClaims(world.issuer, 'abc.access'), world.key);
    await get(world.proxy.port, token, '/', 'Cf-Access-Authenticated-User-Email: owner@example.org\r\n');
    expect(world.app.received.at(-1)?.headers).not.toHaveProperty('cf-access-authenticated-user-email');
  });

  test('never uses a cached identity for another token, in any order', async () => {
    await using shared = await startEnvironment(nginx, { workers: 1 });
    const { app, proxy, issuer, key } = shared;
    const users = ['a@example.org', 'b@example.org', undefined];
    const tokens = await Promise.all(
      users.map((email) =>
        sign(email === undefined ? serviceClaims(issuer, 'abc.access') : userClaims(issuer, { email }), key),
      ),
    );
    const good = tokens[0] ?? '';
    const other = tokens[1] ?? '';
    const wrong = [
      undefined,
      '',
      'known:',
      `known:${good}`,
      good.slice(0, -1),
      `${good}x`,
      `${good}, ${good}`,
      `${good} ${good}`,
      good.toUpperCase(),
      `${good} a@example.org`,
      [good.split('.')[0], other.split('.')[1], good.split('.')[2]].join('.'),
    ];
    const beside = (email: string | undefined) =>
      email === undefined ? '' : `Cf-Access-Authenticated-User-Email: ${email}\r\n`;
    const said = [...users, 'b@example.org\r\nCf-Access-Authenticated-User-Email: a@example.org', ''];
    // Many at a time, so that many contexts cache tokens, and each receives all the others.
    for (let round = 0; round < 30; round += 1) {
      const hits = app.received.length;
      const answers = await Promise.all([
        ...tokens.flatMap((token, index) =>
          [users[index], ...said].map((email) => get(proxy.port, token, `/person/${index}`, beside(email))),
        ),
        ...wrong.flatMap((token) => [
          get(proxy.port, token, '/nobody'),
          get(proxy.port, token, '/nobody', beside('a@example.org')),
        ]),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([
        ...Array(18).fill(200),
        ...wrong.flatMap(() => [401, 401]),
      ]);
      expect(app.received.length - hits).toBe(18);
    }
    for (const { url, headers } of app.received) {
      expect(headers['cf-access-authenticated-user-email']).toBe(users[Number(url.at(-1))]);
    }
  });

  test('logs no token, cookie or query', async () => {
    const token = await signed();
    await get(world.proxy.port, token, '/s?key=SECRETQUERY', 'Cookie: a=SECRETCOOKIE\r\n');
    await get(world.proxy.port, `${token}x`, '/s?key=SECRETQUERY', 'Cookie: a=SECRETCOOKIE\r\n');
    await until(() => world.proxy.accessLog().split('"path":"/s"').length === 3);
    const logs = world.proxy.accessLog() + world.proxy.program.log();
    for (const secret of ['SECRETQUERY', 'SECRETCOOKIE', token, token.slice(-40)])
      expect(logs).not.toContain(secret);
  });
});

/** The line of the access log for that path; nginx writes it after the answer. */
async function logged({ proxy }: TestEnvironment, path: string): Promise<unknown> {
  const find = () =>
    proxy
      .accessLog()
      .split('\n')
      .find((line) => line.includes(`"${path}"`));
  await until(() => find() !== undefined);
  return JSON.parse(find() ?? 'null');
}
