import { describe, expect, test } from 'vitest';
import { textScanner } from './textScanner.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const letters = 'q7Zr4Kx1Vb9Tn3Mw8Lp2Hd6Gf5Js0YcAeRuiOlBkWmXv';
const bech = 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE';
const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const pem = `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END PRIVATE KEY-----`;
// Joined here, so that scanners find no token in this file.
const made = (...parts: string[]) => parts.join('');

/** JSON but for one string that nobody closed. */
const mistyped = Buffer.from('{"alg":"HS256,"typ":"JWT"}').toString('base64url');

const sentry = (claims: string) => `sntrys_${base64(claims)}_${letters.slice(0, 43)}`;

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
    ['cloudflare-token', 'var cloudflareToken string = "457zrfc9vebzevz-bnrwijanhpyj-uvr8-s2-s8g"'],
    ['cloudflare-token', 'cloudflareToken := `457zrfc9vebzevz-bnrwijanhpyj-uvr8-s2-s8g`'],
    ['cloudflare-token', 'setProperty("CLOUDFLARE_TOKEN", "457zrfc9vebzevz-bnrwijanhpyj-uvr8-s2-s8g")'],
    ['cloudflare-token', '<cloudflareToken>\n  457zrfc9vebzevz-bnrwijanhpyj-uvr8-s2-s8g\n</cloudflareToken>'],
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
    // A bot of Discord by its shape, with numbers of 17, 18 and 19 digits and signatures of both lengths.
    ['service-token', made('DISCORD_TO', 'KEN: MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.', letters.slice(0, 27))],
    ['service-token', made(base64('80351110224678912').slice(0, 23), '.GX-tjF.', letters.slice(0, 38))],
    [
      'service-token',
      made('client.run("', base64('868071853032357978'), '.YPqU6Q.', letters.slice(3, 30), '")'),
    ],
    [
      'service-token',
      made('x ', base64('1168071853032357978').slice(0, 26), '.G49NjP.', letters.slice(0, 38)),
    ],
    // Tokens that are mistyped, unsigned, or damaged beside their name.
    ['jwt', `${mistyped}.${json({ iss: 'nas' })}.${letters}`],
    ['jwt', `${json({ alg: 'none' })}.${json({ sub: 'ann' })}.`],
    ['jwt', `"${json({ alg: 'None', typ: 'JWT' })}.${json({ iss: 'nas', sub: 'ann' })}."`],
    ['jwt', base64(`${base64('{"svt":}')}.${json({ iss: 'nas' })}.${letters}`)],
    ['assigned-secret', made('jwtTo', 'ken = "eyD0h32Zsyni5ccJw9J.ey/493_kAbh5e_TR3ag.i/uuJDDK5\\"')],
    ['assigned-secret', made('JWT_TO', 'KEN=eyn9VbSw153Re5QiLZM.eyL8XmC9jz\\x9hnuSRh.0nIrLzg0lw=')],
    ['assigned-secret', made('jwt_to', "ken: 'eyqzAhzQ8vhQ0bEilrB.eyKG7f\\JIich/vOkeXx.'")],
    // Names that go on after the word, and values that look like names at a glance.
    ['assigned-secret', made('todo_sec', 'ret_do_not_commit = zNwIK9Sdn5NBHIMEYd6hmP2zjgnNuu')],
    ['assigned-secret', made('"client_sec', 'ret_base": "V0pLCPDmWAFz8NMkK1S9erl3dvISYu"')],
    ['assigned-secret', made('passw', 'd = _v_hg3=STNAEmsslNGFj0akAkiv7=6')],
    ['service-token', made('adafruit_to', 'ken: "yv_vu3fl4wmm_3gah5y4cfrf3-mlvcch"')],
    ['service-token', made('setProperty("ADAFRUIT_TO', 'KEN", "1-80c27_vfbf7_p2l_b44l18_vgbm8zp")')],
    ['service-token', sentry('{"iat":020,"url":"https://a1","region_url":"https://b2","org":"nas"}')],
    // Commands of requests.
    ['assigned-secret', `curl -u "${made('d2LkV', '78zLx!t')}:" https://nas.test`],
    ['assigned-secret', `curl -s \\\n  --user ${made('d2LkV', '78zLx9tQ')}: \\\n  https://nas.test`],
    ['assigned-secret', `curl -H "Api-To${made('ken: Sk94', 'HG7f6KB')}" https://nas.test`],
    ['assigned-secret', `curl https://nas.test -H "To${made('ken: 3fea6af', '1349166ea')}" -d a=b`],
    ['assigned-secret', `curl --header='X-Vault-To${made('ken: 3fea6af', '1349166ea')}'`],
    ['assigned-secret', `wget --header "X-Auth-Ke${made('y: 3fea6af', '1349166ea')}"`],
    ['assigned-secret', `{"cmd": "curl -H \\"X-Api-Ke${made('y: 3fea6af', '1349166ea')}\\""}`],
    ['assigned-secret', `curl -H "Authorization: ${made('sha256~', 'bRLFnzd5@=-.a+/hgdS')}"`],
    ['assigned-secret', `curl -H "Authorization: Bearer ${made('Sk94', 'HG7f6KB')}"`],
    [
      'assigned-secret',
      `Authorization: Basic ${Buffer.from('ann-orchard:vzc\xe9das\xfff\x95q7Zr4Kx1', 'latin1').toString('base64')}`,
    ],
    [
      'registry-token',
      `"user_auth": "${Buffer.from('ann:d06\xf94b1b-c171-4886', 'latin1').toString('base64')}"`,
    ],
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
    // Three parts that are no token of Discord: no number, a leading zero, a short signature, one of another length.
    `TWk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.${letters.slice(0, 27)}`,
    `${base64('098622483471925248')}.Cl2FMQ.${letters.slice(0, 27)}`,
    `${base64('198622483471925248')}.Cl2FMQ.${letters.slice(0, 20)}`,
    `${base64('198622483471925248')}.Cl2FMQ.${letters.slice(0, 33)}`,
    `${base64('198622483471925248')}.Cl2FMQ.${'x'.repeat(27)}`,
    `a${base64('198622483471925248')}.Cl2FMQ.${letters.slice(0, 27)}`,
    base64('198622483471925248198622483471925248'),
    // What is said of a secret, and what is short or made of words.
    made('sec', 'ret_name = zNwIK9Sdn5NBHIMEYd6hmP2zjgnNuu'),
    made('TOKEN_SIGNING_CERT_THUMB', 'PRINT=zNwIK9Sdn5NBHIMEYd6hmP2zjgnNuu'),
    made('to', 'ken_audience = "25872395-ed3a-4703-b647-22ec53f3683c"'),
    made('sec', 'ret_store_path: Kv-V2-Media-Database-Credentials-Store-1'),
    made('sec', 'ret_to_use: zNwIK9Sdn5'),
    'existingSecret: HttpServerOAuthClientRegistration2',
    'adafruit_library: adafruit-circuitpython-bme-sensor',
    // The sample of jwt.io, signed and not, also with more claims.
    `${json({ alg: 'HS256' })}.${json({ sub: '1234567890', role: 'admin' })}.${letters}`,
    `${json({ alg: 'HS256', typ: 'JWT' })}.${json({ sub: '1234567890', name: 'John Doe', iat: 1516239022 })}.${letters}`,
    `${json({ alg: 'none' })}.${json({ sub: '1234567890', name: 'John Doe', admin: true })}.`,
    `${json({ alg: 'HS256' })}.${json({ iss: 'nas' })}.`,
    // Placeholders, references and headers of requests that are no credentials.
    'curl -u admin: https://nas.test',
    'curl -u "username1234:" https://nas.test',
    `curl -u "\${TOKEN}:" https://nas.test`,
    'curl -H "X-Api-Key: $API_KEY" -H "Token: your-token-1234"',
    'curl -H "X-Api-Key: my-api-key-1" -H "Token: token1234" -H "X-Auth-Token: abc123xyz"',
    `curl -H "X-CSRF-Token: ${letters.slice(0, 20)}" -H "Idempotency-Key: ${letters.slice(0, 20)}"`,
    `curl -H "Sec-WebSocket-Key: ${base64(letters.slice(0, 16))}" -H "Accept: ${letters.slice(0, 20)}"`,
    'curl -H "Authorization: Bearer XXXXXXXXXXXX" -H "Api-Token: 123456789012"',
    `"auth": "${base64('no colon and only words of a sentence')}"`,
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

  test.each([
    ['spaces', '  '],
    ['a tab', '\t'],
    ['a space and a tab', ' \t'],
  ])('pasted with %s before all lines but the first', (_, indent) => {
    const text = secret('data:\n  extra: YWRtaW46cGFzc3dvcmQ=\n').replaceAll('\n', `\n${indent}`);
    const found = scan(text);
    expect(found.map(({ rule, field }) => [rule, field])).toEqual([['plain-secret', 'data.extra']]);
    expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(['YWRtaW46cGFzc3dvcmQ=']);
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
    ['commands that never end', 'curl -u a: '.repeat(10_000)],
    ['headers that never end', `curl${' -H "X-a-a-'.repeat(30_000)}`],
    ['numbers of accounts', `${base64('198622483471925248')}.Cl2FMQ.`.repeat(10_000)],
    ['a text without the indent of its first line', `kind: Secret\n${'  a: [\n'.repeat(5_000)}`],
  ])('%s ends in good time', (_, text) => {
    const scanner = textScanner([{ name: 'DOMAIN', value: 'kettle-row.org' }]);
    const found = scanner.scan(new TextEncoder().encode(text), 'a.yaml');
    const places = new Set(found.map(({ start }) => start));
    expect(places.size).toBe(found.length);
  });
});
