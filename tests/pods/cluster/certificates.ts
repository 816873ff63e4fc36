import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A certificate with its private key, both as PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate says. */
export interface CertificateRequest {
  readonly commonName: string;
  /** Kubernetes reads it as the group of a client. */
  readonly organization?: string;
  readonly usage: 'server' | 'client';
  readonly names?: readonly string[];
  /** IPv4 addresses. */
  readonly addresses?: readonly string[];
}

/** Signs certificates with the key of an authority. */
export type Issue = (request: CertificateRequest) => Certificate;

const day = 24 * 3_600_000;

/**
 * Makes an authority with a key of its own, good for ten years. The certificates are X.509 version 3 with ECDSA over P-256,
 * written here byte by byte: `node:crypto` reads certificates, but signs none, and a program for it may be absent.
 */
export function makeAuthority(commonName: string): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = distinguishedName({ commonName });
  const extensions = [
    extension(oid.basicConstraints, sequence(boolean(true)), { critical: true }),
    extension(oid.keyUsage, keyUsage(0b1000_0110), { critical: true }),
    extension(oid.subjectKeyIdentifier, octets(keyIdentifier(publicKey))),
  ];
  const content = { issuer: name, subject: name, publicKey, extensions, lifetime: 3_650 * day };
  return { certificate: signedCertificate(content, privateKey), key: privateKeyPem(privateKey) };
}

/** What an authority issues; each certificate has a key of its own and is good for a month. */
export function issuerOf(authority: Certificate): Issue {
  const root = new X509Certificate(authority.certificate);
  const key = createPrivateKey(authority.key);
  const issuer = distinguishedName({ commonName: root.subject.replace(/^CN=/, '') });
  return (request) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const extensions = [
      extension(oid.basicConstraints, sequence(), { critical: true }),
      extension(oid.keyUsage, keyUsage(0b1010_0000), { critical: true }),
      extension(oid.extendedKeyUsage, sequence(identifier(oid[request.usage]))),
      extension(oid.authorityKeyIdentifier, sequence(tagged(0x80, keyIdentifier(root.publicKey)))),
      ...alternativeNames(request),
    ];
    const subject = distinguishedName(request);
    const content = { issuer, subject, publicKey, extensions, lifetime: 30 * day };
    return { certificate: signedCertificate(content, key), key: privateKeyPem(privateKey) };
  };
}

/** A key pair for signing tokens, as PEM. */
export function signingKeyPair(): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey: privateKeyPem(privateKey),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** Object identifiers, see RFC 5280 and RFC 5758. */
const oid = {
  commonName: [2, 5, 4, 3],
  organization: [2, 5, 4, 10],
  ecdsaWithSha256: [1, 2, 840, 10045, 4, 3, 2],
  subjectKeyIdentifier: [2, 5, 29, 14],
  keyUsage: [2, 5, 29, 15],
  subjectAlternativeName: [2, 5, 29, 17],
  basicConstraints: [2, 5, 29, 19],
  authorityKeyIdentifier: [2, 5, 29, 35],
  extendedKeyUsage: [2, 5, 29, 37],
  server: [1, 3, 6, 1, 5, 5, 7, 3, 1],
  client: [1, 3, 6, 1, 5, 5, 7, 3, 2],
} as const;

interface Unsigned {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly lifetime: number;
}

function signedCertificate(unsigned: Unsigned, key: KeyObject): string {
  const { issuer, subject, publicKey, extensions, lifetime } = unsigned;
  const algorithm = sequence(identifier(oid.ecdsaWithSha256));
  const now = Date.now();
  const content = sequence(
    tagged(0xa0, integer(Buffer.of(2))),
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    issuer,
    // A clock that was set back in between must not make the certificate one of the future.
    sequence(utcTime(now - day), utcTime(now + lifetime)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const whole = sequence(content, algorithm, bits(sign('sha256', content, key)));
  const text = whole.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
}

function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'sec1', format: 'pem' }).toString();
}

function distinguishedName(of: Pick<CertificateRequest, 'commonName' | 'organization'>): Buffer {
  const attribute = (type: readonly number[], value: string): Buffer =>
    tagged(0x31, sequence(identifier(type), tagged(0x0c, Buffer.from(value))));
  const organization = of.organization === undefined ? [] : [attribute(oid.organization, of.organization)];
  return sequence(...organization, attribute(oid.commonName, of.commonName));
}

function alternativeNames({ names = [], addresses = [] }: CertificateRequest): Buffer[] {
  if (names.length + addresses.length === 0) return [];
  const wrong = addresses.find((address) => !isIPv4(address));
  if (wrong !== undefined) throw new TypeError(`${wrong} is no IPv4 address`);
  return [
    extension(
      oid.subjectAlternativeName,
      sequence(
        ...names.map((name) => tagged(0x82, Buffer.from(name, 'latin1'))),
        ...addresses.map((address) => tagged(0x87, Buffer.from(address.split('.').map(Number)))),
      ),
    ),
  ];
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}

function extension(type: readonly number[], value: Buffer, { critical = false } = {}): Buffer {
  return sequence(identifier(type), ...(critical ? [boolean(true)] : []), octets(value));
}

/** The bits of KeyUsage, the first one as the highest. */
function keyUsage(flags: number): Buffer {
  return tagged(0x03, Buffer.of(1, flags));
}

// The encoding, see X.690: a tag, the length of the content, the content.

function tagged(tag: number, content: Buffer): Buffer {
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const length = Buffer.from(content.length.toString(16).replace(/^(?=(..)*.$)/, '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, content]);
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(contents));
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.of(value ? 0xff : 0));
}

function bits(content: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.of(0), content]));
}

function octets(content: Buffer): Buffer {
  return tagged(0x04, content);
}

function utcTime(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replaceAll(/[^\d]/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

function identifier([first = 0, second = 0, ...rest]: readonly number[]): Buffer {
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tagged(0x06, Buffer.from(bytes));
}
