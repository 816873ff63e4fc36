// Crosses secrets, with the real sops.
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, inject, test } from 'vitest';
import { type AgeIdentity, generateIdentity, parseIdentities } from '../../../src/secrets/age/identity.ts';
import { type AgeRecipient, parseRecipients } from '../../../src/secrets/age/recipient.ts';
import { decryptDocument } from '../../../src/secrets/sops/decrypt.ts';
import { encryptDocument } from '../../../src/secrets/sops/encrypt.ts';
import { encryptPreservingBytes } from '../../../src/secrets/sops/encryptPreservingBytes.ts';
import { changeRecipients, rotateDataKey } from '../../../src/secrets/sops/rotate.ts';
import { kubernetesSecretRule, wholeDocumentRule } from '../../../src/secrets/sops/rule.ts';
import { sopsConfig, updateRecipients } from '../../../src/secrets/sopsConfig.ts';
import fc from '../../fastCheck.ts';
import { meaningOf, secretDocuments } from '../../secrets/generatedDocuments.ts';
import { realSuite } from '../fixtures/suite.ts';
import { decryptWithSops, runSops } from './sopsProgram.ts';

const now = new Date('2026-11-24T00:00:00Z');
const later = new Date('2026-11-25T00:00:00Z');
const file = 'app/secret.sops.yaml';
const privateFile = 'cluster.private.sops.yaml';
const rules = [
  { pathRegex: '(^|/)cluster\\.private\\.sops\\.yaml$', rule: wholeDocumentRule },
  { pathRegex: '\\.sops\\.yaml$', rule: kubernetesSecretRule },
];
const secret = `apiVersion: v1
kind: Secret
metadata:
  name: app
stringData:
  # made once
  password: one
  user: two
  list: [a, b]
`;

realSuite('Gatehouse and sops on the same files', ['sops'], ({ sops }) => {
  const directory = mkdtempSync(join(inject('realScratch'), 'together-'));
  let recipients: AgeRecipient[] = [];
  let mine: { identities: AgeIdentity[]; keys: string };
  let theirs: { identities: AgeIdentity[]; keys: string };
  let postQuantum: { recipient: string; keys: string };

  beforeAll(async () => {
    const made = await Promise.all([
      generateIdentity('x25519'),
      generateIdentity('x25519'),
      generateIdentity('hybrid'),
    ]);
    recipients = accepted(parseRecipients(made.map(({ recipient }) => recipient)));
    const owned = await Promise.all(made.map((one) => parseIdentities(one.reveal(), 'test')));
    mine = { identities: owned[0]?.identities ?? [], keys: made[0].reveal() };
    theirs = { identities: owned[1]?.identities ?? [], keys: made[1].reveal() };
    postQuantum = { recipient: made[2].recipient, keys: made[2].reveal() };
    writeFileSync(join(directory, '.sops.yaml'), sopsConfig(rules, recipients.slice(0, 2)));
  });

  const encrypt = async (plaintext: string, to = recipients.slice(0, 2)) =>
    accepted(await encryptDocument({ file, plaintext, recipients: to, rule: kubernetesSecretRule, now }));
  const read = (content: string) => decryptDocument({ file, content, identities: mine.identities });

  test('Gatehouse and sops refuse the same tampered documents', { timeout: 300_000 }, async () => {
    const whole = await encrypt(secret);
    const sealed = (name: string) => new RegExp(`${name}: (ENC\\S+)`).exec(whole)?.[1] ?? '';
    const tampered = {
      'a letter of a value': whole.replace(
        /(password: ENC\[AES256_GCM,data:)(.)/,
        (_all, head, letter) => head + (letter === 'A' ? 'B' : 'A'),
      ),
      'two values swapped': whole
        .replace(sealed('password'), '\0')
        .replace(sealed('user'), sealed('password'))
        .replace('\0', sealed('user')),
      'a value removed': whole.replace(/\n {2}user: .*/, ''),
      'a value emptied': whole.replace(/user: ENC.*/, 'user: ""'),
      'the date changed': whole.replace('2026-11-24T00:00:00Z', '2026-11-24T00:00:01Z'),
      'a value in clear': whole.replace(/user: ENC.*/, 'user: clear'),
      'the data key damaged': whole.replace(/(BEGIN AGE ENCRYPTED FILE-----\n *)YWdl/g, '$1ZWdl'),
      'the MAC of another document': whole.replace(
        /mac: .*/,
        /mac: .*/.exec(await encrypt(secret))?.[0] ?? '',
      ),
    };
    for (const [what, content] of Object.entries(tampered)) {
      expect(content, what).not.toBe(whole);
      const ours = await read(content);
      expect(ours.ok, what).toBe(false);
      if (!ours.ok)
        expect(
          ours.problems.every((problem) => problem.file === file),
          what,
        ).toBe(true);
      const answer = await decryptWithSops(sops, directory, file, content, mine.keys);
      expect(answer.code, what).not.toBe(0);
    }
    expect((await read(whole)).ok).toBe(true);
  });

  test('sops reads documents that were updated, rotated, and wrapped for others', {
    timeout: 300_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(secretDocuments, secretDocuments, async (before, after) => {
        const existing = await encrypt(before.text);
        const quiet = await encryptPreservingBytes({
          file,
          plaintext: after.text,
          existing,
          identities: mine.identities,
          recipients: recipients.slice(0, 2),
          rule: kubernetesSecretRule,
          now: later,
        });
        if (quiet.kind !== 'changed' && quiet.kind !== 'unchanged') throw new Error(JSON.stringify(quiet));
        const rotated = accepted(
          await rotateDataKey({
            file,
            content: quiet.text,
            identities: theirs.identities,
            recipients,
            now: later,
          }),
        );
        const wrapped = accepted(
          await changeRecipients({
            file,
            content: rotated,
            identities: mine.identities,
            recipients: recipients.slice(2),
          }),
        );
        const answers = await Promise.all([
          decryptWithSops(sops, directory, file, quiet.text, theirs.keys),
          decryptWithSops(sops, directory, file, rotated, theirs.keys),
          decryptWithSops(sops, directory, file, wrapped, postQuantum.keys),
        ]);
        for (const answer of answers) {
          expect(answer).toMatchObject({ code: 0, errors: '' });
          expect(meaningOf(file, answer.output)).toEqual(meaningOf(file, after.text));
        }
      }),
      { numRuns: 15 },
    );
  });

  test('sops edits our files by our rules, and an unchanged text keeps them', async () => {
    const editor = join(directory, 'editor.sh');
    writeFileSync(editor, '#!/bin/sh\nsed -i "s/password: one/password: new/" "$1"\n');
    chmodSync(editor, 0o700);
    for (const [name, rule] of [
      ['edited.sops.yaml', kubernetesSecretRule],
      [privateFile, wholeDocumentRule],
    ] as const) {
      const text = accepted(
        await encryptDocument({
          file: name,
          plaintext: secret,
          recipients: recipients.slice(0, 2),
          rule,
          now,
        }),
      );
      writeFileSync(join(directory, name), text);
      const edit = await runSops(sops, directory, ['edit', name], {
        keys: mine.keys,
        env: { EDITOR: editor },
      });
      expect(edit).toMatchObject({ code: 0 });
      const edited = readFileSync(join(directory, name), 'utf8');
      const sameLines = text.split('\n').filter((line) => edited.split('\n').includes(line));
      expect(text.split('\n').length - sameLines.length).toBeLessThanOrEqual(name === privateFile ? 7 : 6);
      const request = {
        file: name,
        identities: mine.identities,
        recipients: recipients.slice(0, 2),
        rule,
        now: later,
      };
      const plaintext = secret.replace('password: one', 'password: new');
      const quiet = await encryptPreservingBytes({ ...request, plaintext, existing: edited });
      expect(quiet).toEqual({ kind: 'unchanged', text: edited });
      const changed = await encryptPreservingBytes({
        ...request,
        plaintext: plaintext.replace('two', 'three'),
        existing: edited,
      });
      if (changed.kind !== 'changed') throw new Error(changed.kind);
      expect(changed.fields).toEqual(['stringData.user']);
      const before = edited.split('\n');
      const lines = changed.text.split('\n');
      expect(lines.filter((line, index) => line !== before[index])).toHaveLength(3);
      const answer = await decryptWithSops(sops, directory, name, changed.text, theirs.keys);
      expect(meaningOf(name, answer.output)).toEqual(meaningOf(name, plaintext.replace('two', 'three')));
    }
  });

  test('sops creates files by our rules', async () => {
    for (const [name, rule] of [
      ['apps/new.sops.yaml', kubernetesSecretRule],
      [privateFile, wholeDocumentRule],
    ] as const) {
      const answer = await runSops(sops, directory, ['encrypt', '--filename-override', name], {
        keys: '',
        input: secret,
      });
      expect(answer.errors).toBe('');
      const opened = accepted(
        await decryptDocument({ file: name, content: answer.output, identities: theirs.identities }),
      );
      expect(opened.rule).toEqual(rule);
      expect(opened.recipients).toEqual(recipients.slice(0, 2).map(({ text }) => text));
    }
  });

  test('sops updatekeys accepts added and removed recipients', async () => {
    const place = mkdtempSync(join(directory, 'keys-'));
    const name = 'a.sops.yaml';
    const text = sopsConfig(rules, recipients.slice(0, 2));
    writeFileSync(join(place, name), await encrypt(secret));
    const changed = accepted(
      updateRecipients('.sops.yaml', text, { add: recipients.slice(2), remove: [recipients[0]?.text ?? ''] }),
    );
    writeFileSync(join(place, '.sops.yaml'), changed);
    const answer = await runSops(sops, place, ['updatekeys', '--yes', name], { keys: mine.keys });
    expect(answer.code).toBe(0);
    const content = readFileSync(join(place, name), 'utf8');
    const opened = accepted(await decryptDocument({ file: name, content, identities: theirs.identities }));
    expect(opened.recipients).toEqual([recipients[1]?.text, postQuantum.recipient]);
    expect(await read(content)).toMatchObject({ ok: false, problems: [{ code: 'sops-no-identity' }] });
  });

  test('Gatehouse reads documents of every rule of sops', async () => {
    const plain =
      'a_secret: 1\na_open: 2\nnested:\n  # take this\n  b: x\n  c: y\nlist:\n  - d: 1.5\n  - true\nnothing: null\nempty: ""\n';
    const encrypted = [
      ['encrypted_suffix', '_secret', ['a_secret']],
      ['unencrypted_suffix', '_open', ['a_secret', 'nested.b', 'nested.c', 'list[0].d', 'list[1]', 'empty']],
      ['encrypted_regex', '^(nested|list)$', ['nested.b', 'nested.c', 'list[0].d', 'list[1]']],
      ['unencrypted_regex', '(?i)^NESTED$', ['a_secret', 'a_open', 'list[0].d', 'list[1]', 'empty']],
      ['encrypted_comment_regex', 'take', ['nested.b']],
      [
        'unencrypted_comment_regex',
        'take',
        ['a_secret', 'a_open', 'nested.c', 'list[0].d', 'list[1]', 'empty'],
      ],
    ] as const;
    for (const [kind, pattern, fields] of encrypted) {
      const rule = { kind, pattern, macOnlyEncrypted: false };
      const place = mkdtempSync(join(inject('realScratch'), 'rules-'));
      writeFileSync(
        join(place, '.sops.yaml'),
        sopsConfig([{ pathRegex: 'x', rule }], recipients.slice(0, 1)),
      );
      const answer = await runSops(sops, place, ['encrypt', '--filename-override', 'x.yaml'], {
        keys: '',
        input: plain,
      });
      expect(answer.errors, kind).toBe('');
      const opened = accepted(
        await decryptDocument({ file: 'x.yaml', content: answer.output, identities: mine.identities }),
      );
      expect(
        opened.values.filter(({ encrypted }) => encrypted).map(({ label }) => label),
        kind,
      ).toEqual(fields);
      expect(meaningOf('x.yaml', opened.plaintext), kind).toEqual(meaningOf('x.yaml', plain));
      const same = accepted(
        await encryptDocument({
          file: 'x.yaml',
          plaintext: plain,
          recipients: recipients.slice(0, 1),
          rule: opened.rule,
          now,
        }),
      );
      const back = await decryptWithSops(sops, place, 'x.yaml', same, mine.keys);
      expect(back, kind).toMatchObject({ code: 0, errors: '' });
    }
  });
});

function accepted<Value>(outcome: { ok: true; value: Value } | { ok: false; problems: unknown[] }): Value {
  if (outcome.ok) return outcome.value;
  throw new Error(JSON.stringify(outcome.problems));
}
