import { describe, expect, test } from 'vitest';
import { textScanner } from './textScanner.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const letters = 'q7Zr4Kx1Vb9Tn3Mw8Lp2Hd6Gf5Js0YcAeRuiOlBkWmXv';
const bech = 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE';
const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const pem = `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END PRIVATE KEY-----`;
// Joined here, so that scanners find no token in this file.
const made = (...parts: string[]) => parts.join('');

const scan = (text: string, path = 'a.yaml') => textScanner([]).scan(new TextEncoder().encode(text), path);
const rulesIn = (text: string, path?: string) => scan(text, path).map(({ rule }) => rule);

describe('secrets with a unique shape', () => {
  test.each([
    ['age-secret-key', made('AGE-SECRET-', 'KEY-1', bech)],
    ['age-secret-key', made('AGE-SECRET-', 'KEY-PQ-1', bech)],
    [
      'tunnel-credentials',
      `{"AccountTag":"${'0123456789abcdef'.repeat(2)}","TunnelSecret":"${base64(letters.slice(0, 32))}"}`,
    ],
    [
      'tunnel-token',
      `token: ${base64(JSON.stringify({ a: '0123456789abcdef', t: 'c1744f8b-faa1-48a4-9e5c-02ac921467fa', s: letters }))}`,
    ],
    ['kubeconfig', `client-key-data: ${base64(`-----BEGIN PRIVATE KEY-----${letters}`)}`],
    ['private-key', pem],
    ['private-key', `{"key":"${pem.replaceAll('\n', '\\n')}"}`],
    ['private-key', `tls.key: ${base64(pem)}`],
    ['wireguard-key', `PrivateKey = ${base64(letters.slice(0, 32))}`],
    ['talos-secret', `  secretboxEncryptionSecret: ${base64(letters.slice(0, 32))}`],
    ['talos-secret', 'token: k3x9qa.0c8v7n2m4b6z1p5t'],
    ['cloudflare-token', `CLOUDFLARE_API_TOKEN=${letters.slice(0, 40)}`],
    ['cloudflare-token', `  - name: CF_API_TOKEN\n    value: ${letters.slice(0, 40)}`],
    ['github-token', made('gh', 'p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17')],
    ['gitlab-token', made('gl', 'pat-', letters.slice(0, 20))],
    ['aws-access-key', made('AK', 'IAQ7ZR4KX2VB5TN3MW')],
    ['slack-token', made('xo', 'xb-123456789012-', letters.slice(0, 24))],
    ['discord-webhook', `https://discord.com/api/webhooks/123456789012345678/${letters}${letters}`],
    ['telegram-token', made('123456789', ':AA', letters.slice(0, 33))],
    ['google-key', made('AI', 'za', letters.slice(0, 35))],
    ['stripe-key', made('sk_', 'live_', letters.slice(0, 24))],
    ['service-token', made('tskey-', 'auth-', letters.slice(0, 12), '-', letters.slice(12, 40))],
    ['jwt', `${json({ alg: 'HS256' })}.${json({ iss: 'kubernetes/serviceaccount' })}.${letters}`],
    ['storage-password', 'RESTIC_PASSWORD=q7Zr4Kx1Vb9T'],
    ['storage-password', `- name: AWS_SECRET_ACCESS_KEY\n  value: "${letters.slice(0, 40)}"`],
    ['url-password', 'postgres://immich:q7Zr4Kx1Vb9T@db:5432/immich'],
    ['assigned-secret', made('DB_PASS', 'WORD=Qm7xVRt41kZ/+p9LwYd2sHc')],
    ['assigned-secret', made('sasl_pass', 'word=Qm7xVRt41kZ/+p9LwYd2sHc')],
    ['assigned-secret', made('export API_TO', 'KEN=8JdkQ2mXz0LrT5vB7nYc1HsW4fGp6KuE9aRoItM3')],
    ['assigned-secret', made('adminPass', 'word: "Qm7xVRt41kZp9LwYd2sHcW"')],
    ['assigned-secret', made('"clientSe', 'cret": "Qm7xVRt41kZp9LwYd2sHcW",')],
    ['assigned-secret', made('api-', 'key = Qm7xVRt41kZp9LwYd2sHcW')],
  ])('%s', (rule, text) => {
    expect(rulesIn(`# before\n${text}\n`, 'note.txt')).toEqual([rule]);
  });

  test.each([
    made('AGE-SECRET-', 'KEY-1', 'Q'.repeat(58)),
    made('gh', 'p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18'),
    made('AK', 'IAIOSFODNN7EXAMPLE'),
    '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----',
    'RESTIC_PASSWORD: ${RESTIC_PASSWORD}',
    'DB_PASSWORD=${DB_PASSWORD}',
    'password: Qm7xVRt',
    'secretName: Qm7xVRt41kZp9LwYd2sHcW',
    'existingSecret: Media-Database-Credentials-2',
    'token: /var/run/secrets/kubernetes.io/serviceaccount/Token1',
    'password: ENC[AES256_GCM,data:Qm7xVRt41kZp9LwYd2sHcW,iv:Qm7x,tag:Qm7x,type:str]',
    'secret: 3f8a1d5c7e9b02468ace13579bdf02468ace1357',
    `password: AgB${letters.repeat(4)}`,
    'API_TOKEN=YOUR_API_TOKEN_1a2B',
    'passwordKey: Qm7xVRt41kZp9LwYd2sHcW',
    'http.token: HttpToken2Authentication.Provider1',
    'RESTIC_PASSWORD: ENC[AES256_GCM,data:abcd,iv:abcd,tag:abcd,type:str]',
    '- name: RESTIC_PASSWORD\n  valueFrom:\n    secretKeyRef: { name: restic }',
    'postgres://user:${PASSWORD}@db/app and http://user:password@host',
    'uses: cloudflare-token-action: 0123456789abcdef0123456789abcdef01234567',
    'cloudflare_api_token: NAS_LIBRARY_PATH_CLOUDFLARE_TOKEN_VALUE_X',
    `eyJ${'a'.repeat(100)}`,
  ])('leaves %s alone', (text) => {
    expect(rulesIn(text, 'note.txt')).toEqual([]);
  });
});

describe('Kubernetes Secrets', () => {
  const secret = (body: string) => `apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n${body}`;

  test('reports each readable value with its range', () => {
    const text = secret(
      `stringData:\n  user: ann-orchard\n  empty: ""\n  later: \${LATER}\ndata:\n  pin: ${base64('4711-xy')}\n`,
    );
    const found = scan(text);
    expect(found.map(({ rule, field }) => [rule, field])).toEqual([
      ['plain-secret', 'stringData.user'],
      ['plain-secret', 'data.pin'],
    ]);
    expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(['ann-orchard', base64('4711-xy')]);
  });

  test.each([
    [
      'in a List',
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  stringData:\n    user: ann-orchard\n',
    ],
    ['in flow style', 'kind: Secret\nstringData: { user: ann-orchard }\n'],
    ['in JSON', '{"kind":"Secret","stringData":{"user":"ann-orchard"}}'],
    ['in the second document', `kind: ConfigMap\n---\n${secret('stringData:\n  user: ann-orchard\n')}`],
    ['as a block', secret('stringData:\n  user: |\n    ann-orchard\n    second\n')],
  ])('%s', (_, text) => {
    expect(scan(text).map(({ field }) => field.replace(/^.*stringData/, 'stringData'))).toEqual([
      'stringData.user',
    ]);
  });

  test.each([
    ['on the next line', 'kind:\n  Secret\ndata: {a: cGFzc3dvcmQ=}\n', 1],
    ['in the least JSON', '{"kind":"Secret","data":{"a":"cGFzc3dvcmQ="}}', 1],
    ['in single quotes', "kind: 'Secret'\ndata: {a: cGFzc3dvcmQ=}\n", 1],
    ['at the beginning of a text', ':Secret', 0],
    ['in a longer word', 'kind: SecretStore\ndata: {a: cGFzc3dvcmQ=}\n', 0],
    ['of another field', 'mykin: Secret\ndata: {a: cGFzc3dvcmQ=}\n', 0],
  ])('a kind %s', (_where, text, count) => {
    const found = textScanner([]).scan(new TextEncoder().encode(text), 'a.yaml');
    expect(found.filter(({ rule }) => rule === 'plain-secret')).toHaveLength(count);
  });

  test('ignores references, certificates and other kinds', () => {
    expect(rulesIn(secret(`data:\n  tls.crt: ${base64('-----BEGIN CERTIFICATE-----\nMIIB')}\n`))).toEqual([]);
    expect(rulesIn('kind: ConfigMap\ndata:\n  user: ann-orchard # kind: Secret\n')).toEqual([]);
    expect(rulesIn('kind: HelmRelease\nspec:\n  valuesFrom:\n    - kind: Secret\n      name: x\n')).toEqual(
      [],
    );
  });

  test('searches nested base64 for private values and tokens', () => {
    const inner = base64(`x${base64('see kettle-row.org')}`.slice(1));
    const scanner = textScanner([{ name: 'DOMAIN', value: 'kettle-row.org' }]);
    const text = secret(`data:\n  a: ${inner}\n`);
    const found = scanner.scan(new TextEncoder().encode(text), 'a.yaml');
    expect(found.map(({ rule, field }) => [rule, field])).toEqual([
      ['private-value', 'DOMAIN'],
      ['plain-secret', 'data.a'],
    ]);
  });
});

describe('SOPS files', () => {
  const enc = 'ENC[AES256_GCM,data:YWJj,iv:YWJj,tag:YWJj,type:str]';
  const metadata = `sops:
    age:
        - recipient: age1abc
          enc: |
            -----BEGIN AGE ENCRYPTED FILE-----
            YWJj
            -----END AGE ENCRYPTED FILE-----
    lastmodified: "2026-01-01T00:00:00Z"
    mac: ${enc}
    encrypted_regex: ^(data|stringData)$
    version: 3.13.3
`;
  const whole = `apiVersion: v1\nkind: Secret\nstringData:\n    a: ${enc}\n    list:\n        - ${enc}\n${metadata}`;

  test('accepts an intact file', () => {
    expect(scan(whole)).toEqual([]);
  });

  test.each([
    ['sops-no-mac', whole.replace(/ {4}mac: .*\n/, '')],
    ['sops-no-mac', whole.replace(/mac: .*\n/, 'mac: ""\n')],
    ['sops-no-recipient', whole.replace(/ {4}age:[\s\S]*END AGE ENCRYPTED FILE-----\n/, '    age: []\n')],
    ['sops-plain-value', whole.replace(`a: ${enc}`, 'a: ann-orchard')],
    ['sops-plain-value', whole.replace(`- ${enc}`, '- ann-orchard')],
    ['sops-plain-value', whole.replace(`a: ${enc}`, 'a: 12345')],
    ['sops-damaged-value', whole.replace(`a: ${enc}`, `a: ${enc.slice(0, 40)}`)],
    [
      'sops-conflict',
      whole
        .replace('stringData:\n', 'stringData:\n<<<<<<< HEAD\n    a: x\n=======\n')
        .replace(metadata, `>>>>>>> b\n${metadata}`),
    ],
    ['sops-no-mac', `apiVersion: v1\nkind: Secret\nstringData:\n    a: ${enc}\n`],
    [
      'sops-plain-value',
      whole
        .replace(/ {4}encrypted_regex.*\n/, '')
        .replace(`a: ${enc}`, 'a: x-y-z')
        .replace('apiVersion: v1\nkind: Secret\n', ''),
    ],
  ])('%s', (rule, text) => {
    expect(rulesIn(text)).toEqual([rule]);
  });

  test('does not run a rule that would take forever', () => {
    expect(scan(whole.replace('^(data|stringData)$', '^(a+)+$'))).toEqual([]);
  });
});

describe('hostile texts', () => {
  test.each([
    ['one line full of a private value', 'kettle-row.org '.repeat(60_000)],
    ['one line full of a token', `AK${'IAQ7ZR4KX2VB5TN3MW '}`.repeat(40_000)],
    ['tokens that never end', 'eyJ'.repeat(100_000)],
    ['keys that never end', 'LS0tLS1CRUdJTi'.repeat(20_000)],
    ['escapes only', '%5c'.repeat(100_000)],
  ])('%s ends in good time', (_, text) => {
    const scanner = textScanner([{ name: 'DOMAIN', value: 'kettle-row.org' }]);
    const found = scanner.scan(new TextEncoder().encode(text), 'a.yaml');
    const places = new Set(found.map(({ start }) => start));
    expect(places.size).toBe(found.length);
  });
});
