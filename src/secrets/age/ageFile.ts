import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** A stanza of an age header: the file key, wrapped for one recipient. */
export interface Stanza {
  args: readonly string[];
  body: Uint8Array;
}

const version = 'age-encryption.org/v1';
const begin = '-----BEGIN AGE ENCRYPTED FILE-----';
const end = '-----END AGE ENCRYPTED FILE-----';
const [fileKeyBytes, nonceBytes, tagBytes] = [16, 16, 16];
/** The size of a chunk (C2SP age specification, "Payload"). A data key is 32 bytes, so that one is enough. */
const maximumChunk = 64 * 1024;
/** The nonce of a first chunk that is also the last one. */
const onlyChunk = Buffer.from('000000000000000000000001', 'hex');

/**
 * Encrypts a short text as an armoured age file (C2SP age specification, v1) with Node's cryptography. A library in
 * JavaScript takes longer to load than everything that a run encrypts.
 *
 * @param wrap - returns the stanza with the wrapped file key
 */
export function sealAgeFile(plain: Uint8Array, wrap: (fileKey: Uint8Array) => Stanza): string {
  if (plain.length > maximumChunk) throw new RangeError('too long for one age chunk');
  const fileKey = randomBytes(fileKeyBytes);
  const header = `${version}\n${stanzaText(wrap(fileKey))}---`;
  const nonce = randomBytes(nonceBytes);
  const payload = sealChunk(plain, derived(fileKey, nonce, 'payload'), onlyChunk);
  const mac = unpadded(headerMac(fileKey, header));
  return armoured(Buffer.concat([Buffer.from(`${header} ${mac}\n`), nonce, payload]));
}

/**
 * Decrypts an armoured age file of one chunk.
 *
 * @param unwrap - returns the file key from the stanzas
 * @returns undefined when no stanza is for this key, when the file is malformed, or when it has several chunks
 */
export function openAgeFile(
  text: string,
  unwrap: (stanzas: readonly Stanza[]) => Uint8Array | undefined,
): Uint8Array | undefined {
  const bytes = unarmoured(text);
  const read = bytes && readHeader(bytes);
  if (!bytes || !read) return undefined;
  const fileKey = unwrap(read.stanzas);
  if (fileKey?.length !== fileKeyBytes) return undefined;
  const mac = headerMac(fileKey, read.header);
  if (mac.length !== read.mac.length || !timingSafeEqual(mac, read.mac)) return undefined;
  const nonce = bytes.subarray(read.length, read.length + nonceBytes);
  const sealed = bytes.subarray(read.length + nonceBytes);
  if (sealed.length > maximumChunk + tagBytes) return undefined;
  return openChunk(sealed, derived(fileKey, nonce, 'payload'), onlyChunk);
}

/** ChaCha20-Poly1305 with the tag after the ciphertext. */
export function sealChunk(plain: Uint8Array, key: Uint8Array, nonce: Uint8Array): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: tagBytes });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @returns undefined when key, nonce and ciphertext do not match */
export function openChunk(sealed: Uint8Array, key: Uint8Array, nonce: Uint8Array): Uint8Array | undefined {
  if (sealed.length < tagBytes) return undefined;
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const plain = decipher.update(sealed.subarray(0, -tagBytes));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return new Uint8Array(plain);
}

/** Base64 without padding, as in an age header. */
export function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

/** @returns undefined for text that is not the canonical base64 of its bytes */
export function fromUnpadded(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return unpadded(bytes) === text ? bytes : undefined;
}

function derived(fileKey: Uint8Array, salt: Uint8Array | string, use: 'header' | 'payload'): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, salt, use, 32));
}

function headerMac(fileKey: Uint8Array, header: string): Buffer {
  return createHmac('sha256', derived(fileKey, '', 'header'))
    .update(header, 'latin1')
    .digest();
}

/** The body has lines of 64 characters and ends with a shorter line, which may be empty. */
function stanzaText({ args, body }: Stanza): string {
  const text = unpadded(Buffer.from(body));
  const lines = Array.from({ length: Math.floor(text.length / 64) + 1 }, (_, index) =>
    text.slice(index * 64, index * 64 + 64),
  );
  return `-> ${args.join(' ')}\n${lines.join('\n')}\n`;
}

/** Reads the header up to its `---`, which the MAC covers, and the length of the whole header in bytes. */
function readHeader(
  bytes: Buffer,
): { stanzas: Stanza[]; header: string; mac: Buffer; length: number } | undefined {
  let at = 0;
  const nextLine = (): string | undefined => {
    const stop = bytes.indexOf('\n', at);
    if (stop < 0) return undefined;
    const line = bytes.toString('latin1', at, stop);
    at = stop + 1;
    return /^[\x20-\x7e]*$/.test(line) ? line : undefined;
  };
  if (nextLine() !== version) return undefined;
  const stanzas: Stanza[] = [];
  for (;;) {
    const start = at;
    const line = nextLine();
    if (line?.startsWith('--- ')) {
      const mac = fromUnpadded(line.slice(4));
      return mac && { stanzas, header: bytes.toString('latin1', 0, start + 3), mac, length: at };
    }
    const args = line?.startsWith('-> ') ? line.slice(3).split(' ') : [''];
    const body = readBody(nextLine);
    if (args.includes('') || !body) return undefined;
    stanzas.push({ args, body });
  }
}

function readBody(nextLine: () => string | undefined): Buffer | undefined {
  const parts: Buffer[] = [];
  for (;;) {
    const line = nextLine();
    const part = line === undefined || line.length > 64 ? undefined : fromUnpadded(line);
    if (line === undefined || !part) return undefined;
    parts.push(part);
    if (line.length < 64) return Buffer.concat(parts);
  }
}

function armoured(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `${[begin, ...lines, end].join('\n')}\n`;
}

function unarmoured(text: string): Buffer | undefined {
  const lines = text.trim().split(/\r?\n/);
  const body = lines.slice(1, -1);
  if (lines[0] !== begin || lines.length < 3 || lines.at(-1) !== end) return undefined;
  const last = body.at(-1) ?? '';
  if (!body.slice(0, -1).every(({ length }) => length === 64) || last.length > 64) return undefined;
  const bytes = Buffer.from(body.join(''), 'base64');
  return bytes.toString('base64') === body.join('') ? bytes : undefined;
}
