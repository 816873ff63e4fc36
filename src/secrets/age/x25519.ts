import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { type Identity, type Recipient, Stanza } from 'age-encryption';

// An X25519 key in DER is one of these headers and its 32 bytes (RFC 8410).
const privateHeader = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicHeader = Buffer.from('302a300506032b656e032100', 'hex');
const label = 'age-encryption.org/v1/X25519';
const zeroNonce = Buffer.alloc(12);

/**
 * The X25519 recipient of age v1 (C2SP age specification) on the machine's own cryptography, five times as
 * fast as the one in JavaScript. The file format around it stays with age-encryption.
 */
export function x25519Recipient(publicBytes: Uint8Array): Recipient {
  const publicKey = publicKeyOf(publicBytes);
  return {
    wrapFileKey(fileKey) {
      const ephemeral = generateKeyPairSync('x25519');
      const share = bytesOf(ephemeral.publicKey);
      const key = wrappingKey(ephemeral.privateKey, publicKey, share, publicBytes);
      const cipher = createCipheriv('chacha20-poly1305', key, zeroNonce, { authTagLength: 16 });
      const sealed = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
      return [new Stanza(['X25519', unpadded(share)], new Uint8Array(sealed))];
    },
  };
}

/** The identity that opens what {@link x25519Recipient} of the same key wrapped. */
export function x25519Identity(scalar: Uint8Array): Identity {
  const privateKey = createPrivateKey({
    key: Buffer.concat([privateHeader, scalar]),
    format: 'der',
    type: 'pkcs8',
  });
  const own = bytesOf(createPublicKey(privateKey));
  return {
    unwrapFileKey(stanzas) {
      for (const { args, body } of stanzas) {
        if (args[0] !== 'X25519') continue;
        const share = Buffer.from(args[1] ?? '', 'base64');
        if (args.length !== 2 || share.length !== 32 || unpadded(share) !== args[1] || body.length !== 32)
          throw new Error('invalid X25519 stanza');
        const fileKey = open(body, wrappingKey(privateKey, publicKeyOf(share), share, own));
        if (fileKey) return fileKey;
      }
      return null;
    },
  };
}

function open(body: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  const decipher = createDecipheriv('chacha20-poly1305', key, zeroNonce, { authTagLength: 16 });
  decipher.setAuthTag(body.subarray(16));
  const fileKey = decipher.update(body.subarray(0, 16));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return new Uint8Array(fileKey);
}

function wrappingKey(mine: KeyObject, theirs: KeyObject, share: Uint8Array, recipient: Uint8Array): Buffer {
  const secret = diffieHellman({ privateKey: mine, publicKey: theirs });
  return Buffer.from(hkdfSync('sha256', secret, Buffer.concat([share, recipient]), label, 32));
}

function publicKeyOf(bytes: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicHeader, bytes]), format: 'der', type: 'spki' });
}

function bytesOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(publicHeader.length);
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
