// Crosses secrets, with the real sops.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, inject, test } from 'vitest';
import { type AgeIdentity, generateIdentity, parseIdentities } from '../../../src/secrets/age/identity.ts';
import { type AgeRecipient, parseRecipients } from '../../../src/secrets/age/recipient.ts';
import { decryptDocument } from '../../../src/secrets/sops/decrypt.ts';
import { encryptDocument } from '../../../src/secrets/sops/encrypt.ts';
import { kubernetesSecretRule, wholeDocumentRule } from '../../../src/secrets/sops/rule.ts';
import { sopsConfig } from '../../../src/secrets/sopsConfig.ts';
import fc from '../../fastCheck.ts';
import {
  anyDocuments,
  type GeneratedDocument,
  jsonDocuments,
  meaningOf,
  secretDocuments,
} from '../../secrets/generatedDocuments.ts';
import { realSuite } from '../fixtures/suite.ts';
import { decryptWithSops, runSops } from './sopsProgram.ts';

const now = new Date('2026-11-24T00:00:00Z');
const batch = 5;
const kinds = [
  { name: 'Secrets', file: 'secret.sops.yaml', documents: secretDocuments, rule: kubernetesSecretRule },
  {
    name: 'private values files',
    file: 'cluster.private.sops.yaml',
    documents: anyDocuments,
    rule: wholeDocumentRule,
  },
  { name: 'JSON', file: 'values.json', documents: jsonDocuments, rule: wholeDocumentRule },
] as const;

realSuite('documents between Gatehouse and sops', ['sops'], ({ sops }) => {
  const directory = mkdtempSync(join(inject('realScratch'), 'interop-'));
  let recipients: AgeRecipient[] = [];
  let identities: AgeIdentity[] = [];
  let keys = '';

  beforeAll(async () => {
    const made = await Promise.all([generateIdentity('x25519'), generateIdentity('x25519')]);
    const parsed = parseRecipients(made.map(({ recipient }) => recipient));
    if (!parsed.ok) throw new Error('recipients');
    recipients = parsed.value;
    keys = made[1].reveal();
    ({ identities } = await parseIdentities(keys, 'test'));
    const rules = kinds.map(({ file, rule }) => ({ pathRegex: `^${file.replaceAll('.', '\\.')}$`, rule }));
    writeFileSync(join(directory, '.sops.yaml'), sopsConfig(rules, recipients));
  });

  for (const { name, file, documents, rule } of kinds) {
    const oursToSops = async ({ text }: GeneratedDocument) => {
      const encrypted = await encryptDocument({ file, plaintext: text, recipients, rule, now });
      if (!encrypted.ok) throw new Error(JSON.stringify(encrypted.problems));
      const answer = await decryptWithSops(sops, directory, file, encrypted.value, keys);
      expect(answer.errors).toBe('');
      expect(answer.code).toBe(0);
      expect(meaningOf(file, answer.output)).toEqual(meaningOf(file, text));
      expect(unread(answer.output)).toEqual([]);
    };
    const sopsToOurs = async ({ text }: GeneratedDocument) => {
      const answer = await runSops(sops, directory, ['encrypt', '--filename-override', file], {
        keys,
        input: text,
      });
      expect(answer.errors).toBe('');
      const opened = await decryptDocument({ file, content: answer.output, identities });
      if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
      expect(opened.value.rule).toEqual(rule);
      expect(meaningOf(file, opened.value.plaintext)).toEqual(meaningOf(file, text));
      expect(unread(opened.value.plaintext)).toEqual([]);
    };

    test(`sops decrypts our ${name} and accepts the MAC`, { timeout: 300_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(documents, { minLength: batch, maxLength: batch }), async (several) => {
          await Promise.all(several.map(oursToSops));
        }),
        { numRuns: 16 },
      );
    });

    test(`Gatehouse decrypts ${name} of sops and accepts the MAC`, { timeout: 300_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(documents, { minLength: batch, maxLength: batch }), async (several) => {
          await Promise.all(several.map(sopsToOurs));
        }),
        { numRuns: 16 },
      );
    });
  }
});

/** Encrypted comments that the other side could not open. A generated value may look like one; it has no iv. */
function unread(text: string): string[] {
  return text.split('\n').filter((line) => /#ENC\[AES256_GCM,data:.*,iv:/.test(line));
}
