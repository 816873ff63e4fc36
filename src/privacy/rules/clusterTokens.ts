import { isPlaceholder, looksRandom } from './placeholder.ts';
import type { TokenRule } from './rule.ts';
import { type Shape, shapeRule } from './shape.ts';
import { jsonOf, webTokenRules } from './webTokens.ts';

const decodeBase64 = (text: string): string => Buffer.from(text, 'base64').toString('latin1');

/** Bech32 of 32 bytes (age, `internal/bech32`); the checksum is not verified: a mistyped key is a leak too. */
const ageSecretKey: Shape = {
  pattern: /AGE-SECRET-KEY-(?:PQ-)?1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58,4000}/iy,
  holds: (key) => looksRandom(key.slice(17), 10),
};

/** What `cloudflared tunnel token` prints: base64 of JSON with the account, the tunnel and its secret. */
function isTunnelToken(token: string): boolean {
  const parts = jsonOf(decodeBase64(token));
  return typeof parts?.['a'] === 'string' && typeof parts['t'] === 'string' && typeof parts['s'] === 'string';
}

const pemBegin = /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/y;

/** A header alone is not a key: a key has a long line of base64 soon after it. */
const privateKey: TokenRule = {
  id: 'private-key',
  reason: 'a private key that everyone who reads the repository can use',
  anchors: ['-----BEGIN ', 'LS0tLS1CRUdJTi'],
  match(text, at) {
    if (text[at] === '-') {
      pemBegin.lastIndex = at;
      const begin = pemBegin.exec(text);
      if (!begin) return undefined;
      const body = text.slice(at + begin[0].length, at + 2000);
      const run = /[A-Za-z0-9+/]{40,4000}/.exec(body);
      const isKey = run && !body.slice(0, run.index).includes('-----');
      return isKey && looksRandom(run[0], 12)
        ? { start: at, end: at + begin[0].length + run.index + run[0].length }
        : undefined;
    }
    const encoded = /[A-Za-z0-9+/]{0,20000}={0,2}/y;
    encoded.lastIndex = at;
    const run = encoded.exec(text)?.[0] ?? '';
    const isKey =
      run.length > 80 && /^-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY/.test(decodeBase64(run.slice(0, 120)));
    return isKey ? { start: at, end: at + run.length } : undefined;
  },
};

const isRandomValue = (value: string): boolean => looksRandom(value, 8) && !value.startsWith('ENC[');

/** Rules for secrets of the cluster and of its entry points. */
export const clusterTokenRules: readonly TokenRule[] = [
  shapeRule(
    'age-secret-key',
    'an age key that decrypts every SOPS file made for it',
    ['AGE-SECRET-KEY-'],
    ageSecretKey,
  ),
  shapeRule(
    'tunnel-credentials',
    "a tunnel's credentials: whoever has them can take its traffic",
    ['TunnelSecret'],
    {
      pattern: /TunnelSecret\\?["']?\s*[:=]\s*\\?["']?([A-Za-z0-9+/]{20,4000}={0,2})/iy,
      holds: isRandomValue,
    },
  ),
  shapeRule('tunnel-token', "a tunnel's token: whoever has it can take its traffic", ['eyJ'], {
    pattern: /eyJ[A-Za-z0-9+/_-]{80,4000}={0,2}/y,
    holds: isTunnelToken,
  }),
  shapeRule('kubeconfig', 'credentials of a Kubernetes user', ['client-key-data'], {
    pattern: /client-key-data\\?["']?\s*:\s*\\?["']?([A-Za-z0-9+/]{40,4000}={0,2})/y,
    holds: isRandomValue,
  }),
  shapeRule(
    'talos-secret',
    "a secret of the cluster's machine configuration",
    ['secretboxEncryptionSecret', 'aescbcEncryptionSecret', 'bootstraptoken', 'token:'],
    {
      pattern: /(?:secretbox|aescbc)EncryptionSecret["']?\s*:\s*["']?([A-Za-z0-9+/]{42,4000}={0,2})/iy,
      holds: isRandomValue,
    },
    {
      pattern: /(?:bootstrap)?token:\s*["']?([a-z0-9]{6}\.[a-z0-9]{16})(?![\w.])/iy,
      holds: (token) => looksRandom(token, 10),
    },
  ),
  privateKey,
  shapeRule(
    'wireguard-key',
    'a WireGuard key',
    ['PrivateKey', 'private_key', 'PresharedKey', 'preshared_key'],
    {
      pattern:
        /(?:private|preshared)_?key\\?["']?\s*[:=]\s*\\?["']?([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)(?![\w+/=])/iy,
      holds: isRandomValue,
    },
  ),
  shapeRule(
    'cloudflare-token',
    "a token for Cloudflare's API: it can change the zone, the tunnel and Access",
    ['cloudflare', 'cf_api', 'cf_token', 'cfut_', 'cfat_', 'cfk_', 'v1.0-'],
    { pattern: /cf(?:ut|at|k)_[A-Za-z0-9]{40,4000}/y },
    { pattern: /v1\.0-[a-f0-9]{24}-[a-f0-9]{146}/y },
    {
      pattern: /cloudflare["']?[ \t]*[:=][ \t]*["']([A-Za-z0-9_-]{40}|[0-9a-f]{37})["']/iy,
      holds: (token) => looksRandom(token, 12) && /\d/.test(token) && !/^[0-9a-f]{40}$/.test(token),
    },
    {
      pattern:
        /(?:cloudflare|cf)[\w.-]{0,20}(?:token|key|secret)[\w.-]{0,20}\\?["']?(?:(?:[ \t]+string)?\s*(?::{0,3}=|[?.]=|=>|:|,|>)\s*|\s+value:\s*)\\?["'`]?([A-Za-z0-9_-]{40}|[0-9a-f]{37})(?![\w-])/iy,
      // Forty hexadecimal digits are a commit.
      holds: (token) => looksRandom(token, 12) && /\d/.test(token) && !/^[0-9a-f]{40}$/.test(token),
    },
  ),
  ...webTokenRules,
  shapeRule(
    'storage-password',
    'the password of backups or of object storage',
    [
      'RESTIC_PASSWORD',
      'AWS_SECRET_ACCESS_KEY',
      'S3_SECRET',
      'MINIO_ROOT_PASSWORD',
      'secretAccessKey',
      'aws_secret_key',
      'RCLONE_CONFIG_',
    ],
    {
      pattern:
        /(?:RESTIC_PASSWORD|AWS_SECRET_ACCESS_KEY|AWS_SECRET_KEY|S3_SECRET(?:_ACCESS)?(?:_KEY)?|MINIO_ROOT_PASSWORD|secretAccessKey|RCLONE_CONFIG_\w+_SECRET_ACCESS_KEY)\\?["']?(?:[ \t]*[:=][ \t]*|["']?,?\s+["']?value["']?:[ \t]*)\\?["']?([^\s"'\\,;#]{6,4000})/iy,
      holds: (value) => isStoredPassword(value),
    },
  ),
  {
    ...shapeRule('url-password', 'a password inside a URL', ['://'], {
      pattern: /:\/\/[^\s:@/"'<>{}$\\`]{1,64}:([^\s:@/"'<>{}$\\`]{8,128})@[a-z0-9[]/iy,
      holds: (password) =>
        looksRandom(password, 6) && !/^(?:pass(?:word)?|secret|user|postgres)\W*\d*$/i.test(password),
    }),
    mayMatch: hasUserAndPassword,
  },
];

const endsUserOrPassword = new Uint8Array(256);
for (const character of ' \t\n\v\f\r:@/"\'<>{}$\\`') endsUserOrPassword[character.charCodeAt(0)] = 1;

/** Whether two runs follow `://`, the first up to a colon and the second up to an at sign. */
function hasUserAndPassword(bytes: Uint8Array, at: number): boolean {
  const endOfRun = (from: number, most: number): number => {
    let end = from;
    while (end < bytes.length && end - from < most && endsUserOrPassword[bytes[end] ?? 0] === 0) end++;
    return end;
  };
  const colon = endOfRun(at + 3, 64);
  return bytes[colon] === 0x3a && bytes[endOfRun(colon + 1, 128)] === 0x40;
}

/** Programs read these names from the environment: what follows may be a reference or code, not a password. */
function isStoredPassword(value: string): boolean {
  const isReference = /^(?:ENC\[|\$|&|\*|!|\{|\(|<|process\.|os\.|env\.|valueFrom|secretKeyRef)/.test(value);
  // Longer values are ciphertext, as in SealedSecrets.
  const isTooLong = value.length > 160;
  const isName = /^[a-z]+(?:[-_.][a-z]+)*$/i.test(value);
  return !isReference && !isName && !isTooLong && !isPlaceholder(value) && looksRandom(value, 6);
}
