import { expect, test } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import {
  bodyBufferBytes,
  defaultBodyLimitBytes,
  memoryBytes,
  type NginxOptions,
  nginxConfiguration,
} from './nginx.ts';

const options: NginxOptions = {
  listenPort: 8080,
  statusPort: 8081,
  loopbackPort: 8082,
  upstream: { serviceName: 'immich-server.media.svc.cluster.local', port: 2283 },
  resolver: '10.43.0.10',
  access: {
    issuer: 'https://${ACCESS_TEAM}.cloudflareaccess.com',
    audiences: ['${ACCESS_AUDIENCE}', 'a'.repeat(64)],
  },
  maximumUploads: 8,
  trustedPeers: ['10.42.0.0/16', 'fd00::/48'],
};
const text = nginxConfiguration(options);
const blockOf = (head: string, all = text) =>
  new RegExp(`^( *)${head} \\{\\n([^]*?)^\\1\\}`, 'm').exec(all)?.[2] ?? '';

test('only what Flux is to substitute looks like it', () => {
  expect(new Set(text.match(/\$\{[^}]*\}?/g))).toEqual(new Set(['${ACCESS_TEAM}', '${ACCESS_AUDIENCE}']));
  expect(text).toContain(
    'js_var $gatehouse_certificates "https://${ACCESS_TEAM}.cloudflareaccess.com/cdn-cgi/access/certs";',
  );
});

test('no header that tells who asks passes from the client', () => {
  const server = blockOf('server');
  expect(server).toContain('proxy_pass_request_headers off;');
  const headers = [...server.matchAll(/proxy_set_header (\S+) (.*);/g)].map(([, name = '', value]) => [
    name,
    value,
  ]);
  const values = Object.fromEntries(headers);
  expect(headers).toHaveLength(Object.keys(values).length);
  expect(values).toMatchObject({
    Host: '$http_host',
    'X-Forwarded-For': '$remote_addr',
    'X-Forwarded-Proto': 'https',
    'Cf-Access-Authenticated-User-Email': '$gatehouse_email',
    Cookie: '$gatehouse_cookies',
    Range: '$http_range',
    'Upload-Offset': '$http_upload_offset',
  });
  const sentBy = headers.filter(
    ([name = '', value]) => value === `$http_${name.toLowerCase().replaceAll('-', '_')}`,
  );
  for (const [name = ''] of sentBy) {
    expect(name).not.toMatch(/^(?:cf-|forwarded|x-(?!requested-with)|remote|true-|proxy|cookie)/i);
  }
});

test('headers of the app itself pass beside the others', () => {
  const own = nginxConfiguration({ ...options, headers: ['X-Api-Key'] });
  expect(own.replace('    proxy_set_header X-Api-Key $http_x_api_key;\n', '')).toBe(text);
  expect(() => nginxConfiguration({ ...options, headers: ['X-A $http_x_b;'] })).toThrow(RangeError);
});

test('uploads go to the app by the same headers and limits as all else', () => {
  const lines = (block: string) =>
    blockOf(block)
      .split('\n')
      .filter((line) => /^ *proxy_/.test(line));
  // What a location says itself is all that it does not take from the server.
  for (const location of ['/', '@admitted', '@upload'])
    expect(lines(`location ${location}`)).toEqual(['      proxy_pass http://gatehouse_app;']);
  expect(lines('server').length).toBeGreaterThan(20);
});

test('only what is verified is counted, and forwarded', () => {
  expect(text).toContain('limit_conn_zone $gatehouse_counted zone=gatehouse_requests:64k;');
  expect(text.match(/set \$gatehouse_counted \w+;/g)).toEqual(['set $gatehouse_counted yes;']);
  expect(blockOf('location @admitted')).toContain('limit_conn gatehouse_requests 256;');
  expect(blockOf('location @refused')).not.toContain('proxy_pass');
});

test('the log has no query, cookie or token', () => {
  const format = /log_format[^;]*;/.exec(text)?.[0] ?? '';
  expect(format).toContain('$uri');
  expect(format).not.toMatch(/\$request"|\$request_uri|\$args|\$query_string|\$http_|\$cookie_|email/);
});

test('the status port is another server', () => {
  expect(text.match(/listen \d+;/g)).toEqual(['listen 8080;', 'listen 8081;']);
  expect(text.indexOf('location = /metrics')).toBeGreaterThan(text.indexOf('listen 8081;'));
});

test('what asks the app whether it answers is on no address of the pod, and says nothing of whoever asks', () => {
  expect(text.match(/listen 127.*;/g)).toEqual(['listen 127.0.0.1:8082;']);
  const server = text.slice(text.indexOf('listen 127.0.0.1:8082;'));
  for (const line of [
    'proxy_method HEAD;',
    'proxy_pass_request_headers off;',
    'proxy_pass_request_body off;',
  ])
    expect(server).toContain(line);
  expect(server.match(/\$\w+/g)).toEqual(['$args']);
  expect(text).toContain('js_var $gatehouse_app "http://127.0.0.1:8082/";');
});

test('a proxy does not wait for its app for ever', () => {
  expect(text).toContain('js_var $gatehouse_app_wait "60";');
  expect(nginxConfiguration({ ...options, appWaitSeconds: 5 })).toContain('js_var $gatehouse_app_wait "5";');
});

test('an allowlist is in force when it is given, even an empty one', () => {
  const withList = (access: Partial<NginxOptions['access']>) =>
    nginxConfiguration({ ...options, access: { ...options.access, ...access } });
  expect(text).toContain('$gatehouse_allowlist "off"');
  expect(withList({ allowedEmails: [] })).toContain('$gatehouse_allowlist "on"');
  expect(withList({ allowedServiceTokens: ['a.access', 'b.access'] })).toContain(
    '$gatehouse_service_tokens "a.access b.access"',
  );
});

test('the volume for bodies holds every upload at a time, and more', () => {
  expect(bodyBufferBytes({ maximumUploads: 8 })).toBe(8 * defaultBodyLimitBytes + 64 * 1024 ** 2);
  expect(bodyBufferBytes({ maximumUploads: 1, bodyLimitBytes: 1_000_000 })).toBeGreaterThan(1_000_000);
});

test('memory grows with what may be under way at a time', () => {
  const few = memoryBytes({ maximumUploads: 1, maximumConnections: 10, workers: 1 });
  expect(few).toBeLessThan(64 * 1024 ** 2);
  expect(memoryBytes({ maximumUploads: 1, maximumConnections: 1010, workers: 1 })).toBe(
    few + 1000 * 400 * 1024,
  );
});

const breaking = ['"', '\\', '\n', ';', '{', '}', ' ', '$x', '${x}', '', '\u0000'];

test.each(breaking)('a value with %j is refused, and the message does not repeat it', (part) => {
  const value = part === '' ? '' : `https://secret-team${part}`;
  const changes: Partial<NginxOptions>[] = [
    { access: { ...options.access, issuer: value } },
    { access: { ...options.access, certificatesUrl: value } },
    { access: { ...options.access, audiences: [value] } },
    { access: { ...options.access, allowedEmails: [value] } },
    { upstream: { serviceName: value, port: 80 } },
    { resolver: value },
    { trustedPeers: [value] },
  ];
  for (const change of changes) {
    expect(() => nginxConfiguration({ ...options, ...change })).toThrow(RangeError);
    expect(() => nginxConfiguration({ ...options, ...change })).not.toThrow(/secret-team/);
  }
});

test('no value adds a directive, a block or a variable', () => {
  const shape = (all: string) => all.replace(/"[^"\n]*"/g, '""');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (audience) => {
      let made: string;
      try {
        made = nginxConfiguration({ ...options, access: { ...options.access, audiences: [audience] } });
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        return;
      }
      expect(shape(made)).toBe(shape(text));
    }),
  );
});

test.each<Partial<NginxOptions>>([
  { listenPort: 80 },
  { listenPort: 65_536 },
  { statusPort: 1.5 },
  { loopbackPort: 0 },
  { appWaitSeconds: -1 },
  { maximumUploads: 0 },
  { maximumConnections: 0 },
  { bodyLimitBytes: 10 },
  { timeoutSeconds: Number.NaN },
  { access: { ...options.access, audiences: [] } },
  { access: { ...options.access, issuer: 'https://team.cloudflareaccess.com/' } },
  { access: { ...options.access, keyLifetimeSeconds: 3601 } },
])('%o is refused', (change) => {
  expect(() => nginxConfiguration({ ...options, ...change })).toThrow(RangeError);
});
