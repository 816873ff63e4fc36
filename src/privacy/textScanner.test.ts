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
    // Every way in which a value is given to a name.
    ['assigned-secret', made('postgresPass', 'word: kD8#mQz2')],
    ['assigned-secret', made('SMTP_', 'PASS="9x!Kq2vL"')],
    ['assigned-secret', made('  - name: DB_PASS', 'WORD\n    value: kD8mQz2pLx')],
    ['assigned-secret', made('api_', 'key: 5f4dcc3b5aa765d61d8327deb882cf99')],
    ['assigned-secret', made('HCLOUD_TO', 'KEN=Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznBZf3D0LXCM3EIMbgJpUNnkRtO')],
    [
      'assigned-secret',
      made('DISCORD_TO', 'KEN: MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs'),
    ],
    ['assigned-secret', made('<apiTo', 'ken>\n  9b641c532e6576196b8efe7974127dc546970cdf\n</apiToken>')],
    ['assigned-secret', made('appTo', 'ken := `9b641c532e6576196b8efe7974127dc546970cdf`')],
    ['assigned-secret', made('setProperty("APP_TO', 'KEN", "9b641c532e6576196b8efe7974127dc546970cdf")')],
    ['assigned-secret', made('  "appTo', 'ken" => "9b641c532e6576196b8efe7974127dc546970cdf"')],
    ['assigned-secret', made('var appTo', 'ken string = "9b641c532e6576196b8efe7974127dc546970cdf"')],
    ['assigned-secret', made('{"a.ini": "APP_TO', 'KEN=9b641c532e6576196b8efe7974127dc546970cdf\\nA=1"}')],
    ['assigned-secret', made('-H "X-Api', 'Key: c4ed6c21-9dd5-4a05-8e3f-c56d1151cce8"')],
    ['assigned-secret', made('-H "Authorization: Bea', 'rer cfcabd11c7ed9a41b1a3e063c32d5114"')],
    ['assigned-secret', `curl -u ann:${made('yqDVtkq', 'PECriaLRi')} https://nas.test`],
    ['service-token', made('hv', 'b.', letters, letters, letters)],
    ['service-token', made('A', '3-2WMYA4-PML6YUZXRQF-NKEJ2-GA5T1-ON55T')],
    ['slack-token', made('xo', 'xe-1-', letters.toUpperCase().slice(0, 43).repeat(3))],
    ['service-token', made('eyJr', 'Ijoi', letters, letters)],
    ['service-token', made('pu', 'l-fcaeac54cffba23973135727c882aa3924e14624')],
    ['telegram-token', made('telegram bot: 60728222', ':Azq97fpybzwfq3q3jkpciy80oc8e5fz4tlm')],
    ['registry-token', `{"auths":{"r.test":{"auth":"${base64('ann:q7Zr4Kx1Vb9T')}"}}}`],
    ['jwt', base64(`${json({ alg: 'HS256' })}.${json({ iss: 'kubernetes/serviceaccount' })}.${letters}`)],
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
    // Placeholders, references, digests, names and documented examples.
    'password: immich123',
    'POSTGRES_PASSWORD: changeme1',
    'password: $2y$10$Qm7xVRt41kZp9LwYd2sHcW',
    'checksum/secret: 3f8a1d5c7e9b0d468ace13579bdf0d468ace13579bdf3f8a1d5c7e9b0d468ace',
    'existingSecret: media-config-8f7g6h5k2d',
    'secretKey: S3Credentials',
    'csrf-token=Mj2qykJO5rELyHgezQ69nzUX0i3OH67V7+V4eUrLfpuyOuxmiW9rhROG',
    'publicToken = "9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit"',
    'secret: arn:aws:iam::123456789012:role/Name1a',
    made('AI', 'zaSyAnLA7NfeLquW1tJFpx_eQCxoX-oo6YyIs'),
    made('xo', 'xp-572370529330-573807301142-572331691188-####################'),
    made('gh', 'p_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'),
    made('secret_', 'access_key: AKIAIOSFODNN7EXAMPLE'),
    'secretAccessKey:\n  description: The reference to the secret access key',
    'curl -u user:password https://example.org',
    `Authorization: Basic ${base64('browser:')}`,
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
