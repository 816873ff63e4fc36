import { createHash } from 'node:crypto';

/**
 * The beginnings of SHA-256 of keys that their owners publish: those of Firebase in documentation and in public clients,
 * which gitleaks 8.30 allows too (`cmd/generate/config/rules/gcp.go`).
 */
const published = new Set(
  `27a9a42931df 49f777db995e a6c814bc555a 8731261cb72d 37f8f09bdf12 eb540d2b6ee2 2037abcaffb2
  3a8b61d0f636 4c98242dcadc ea9bb1082cf9 3f370c9dd822 a19f89ab3555 e4a5542bb7fd dc0fcf046c61
  f56e323494a6 5f83f5d22b14 0b476bdf9acf`.split(/\s+/),
);

/** Whether a secret is a documented example: masked, an alphabet, marked as an example, or published by its owner. */
export function isPublicExample(secret: string): boolean {
  return (
    /([#*•xX.-])\1{5}|\.{3}$|…$/.test(secret) ||
    /EXAMPLE|abcdefghijklmnop|ABCDEFGHIJKLMNOP|01234567890123|1234567890ab/.test(secret) ||
    (secret.startsWith('AIza') && published.has(digest(secret)))
  );
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
