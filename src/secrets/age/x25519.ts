import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { fromUnpadded, openChunk, type Stanza, sealChunk, unpadded } from './ageFile.ts';

// An X25519 private key in DER is this header and its 32 bytes (RFC 8410).
const privateHeader = Buffer.from('302e020100300506032b656e04220420', 'hex');
const label = 'age-encryption.org/v1/X25519';
const zeroNonce = Buffer.alloc(12);

/**
 * The X25519 recipient of age v1 (C2SP age specification). It uses Node's cryptography, which is five times as fast as
 * JavaScript.
 *
 * @returns a function that wraps a file key for the owner of the public key
 */
export function x25519Wrapper(publicBytes: Uint8Array): (fileKey: Uint8Array) => Stanza {
  const publicKey = publicKeyOf(publicBytes);
  return (fileKey) => {
    const ephemeral = generateKeyPairSync('x25519');
    const share = bytesOf(ephemeral.publicKey);
    const key = wrappingKey(ephemeral.privateKey, publicKey, share, publicBytes);
    return { args: ['X25519', unpadded(share)], body: sealChunk(fileKey, key, zeroNonce) };
  };
}

/** Unwraps the stanzas of {@link x25519Wrapper}; also returns the public key of the scalar. */
export function x25519Unwrapper(scalar: Uint8Array): {
  publicBytes: Uint8Array;
  unwrap: (stanzas: readonly Stanza[]) => Uint8Array | undefined;
} {
  const privateKey = createPrivateKey({
    key: Buffer.concat([privateHeader, scalar]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicBytes = bytesOf(createPublicKey(privateKey));
  const unwrap = (stanzas: readonly Stanza[]): Uint8Array | undefined => {
    for (const { args, body } of stanzas) {
      if (args[0] !== 'X25519') continue;
      const share = fromUnpadded(args[1] ?? '');
      // The specification rejects the whole file for a malformed X25519 stanza.
      if (args.length !== 2 || share?.length !== 32 || body.length !== 32) return undefined;
      const fileKey = openStanza(body, privateKey, share, publicBytes);
      if (fileKey) return fileKey;
    }
    return undefined;
  };
  return { publicBytes, unwrap };
}

function openStanza(
  body: Uint8Array,
  privateKey: KeyObject,
  share: Buffer,
  own: Uint8Array,
): Uint8Array | undefined {
  try {
    return openChunk(body, wrappingKey(privateKey, publicKeyOf(share), share, own), zeroNonce);
  } catch {
    // A share of low order has no shared secret.
    return undefined;
  }
}

function wrappingKey(mine: KeyObject, theirs: KeyObject, share: Uint8Array, recipient: Uint8Array): Buffer {
  const secret = diffieHellman({ privateKey: mine, publicKey: theirs });
  return Buffer.from(hkdfSync('sha256', secret, Buffer.concat([share, recipient]), label, 32));
}

/** Imports a JWK (RFC 8037): OpenSSL needs eight times as long for DER, twice per file. */
function publicKeyOf(bytes: Uint8Array): KeyObject {
  const x = Buffer.from(bytes).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
}

function bytesOf(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}
