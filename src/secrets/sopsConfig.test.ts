import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { generateIdentity } from './age/identity.ts';
import { type AgeRecipient, parseRecipients } from './age/recipient.ts';
import { kubernetesSecretRule, wholeDocumentRule } from './sops/rule.ts';
import { recipientsOf, sopsConfig, updateRecipients } from './sopsConfig.ts';

const rules = [
  { pathRegex: '(^|/)cluster\\.private\\.sops\\.yaml$', rule: wholeDocumentRule },
  { pathRegex: '\\.sops\\.yaml$', rule: kubernetesSecretRule },
];

async function made(count: number): Promise<AgeRecipient[]> {
  const keys = await Promise.all(Array.from({ length: count }, () => generateIdentity('x25519')));
  const parsed = parseRecipients(keys.map(({ recipient }) => recipient));
  if (!parsed.ok) throw new Error('recipients');
  return parsed.value;
}

const textOf = (recipients: readonly AgeRecipient[]) => recipients.map(({ text }) => text);

test('writes the pattern and all recipients of every rule', async () => {
  const recipients = await made(2);
  const groups = [{ age: textOf(recipients) }];
  expect(parse(sopsConfig(rules, recipients))).toEqual({
    creation_rules: [
      { path_regex: '(^|/)cluster\\.private\\.sops\\.yaml$', key_groups: groups },
      {
        path_regex: '\\.sops\\.yaml$',
        encrypted_regex: '^(data|stringData)$',
        mac_only_encrypted: true,
        key_groups: groups,
      },
    ],
    stores: { yaml: { indent: 2 } },
  });
});

test('lists, adds and removes recipients; a repeated change changes nothing', async () => {
  const [first, second, third] = await made(3);
  if (!first || !second || !third) throw new Error('keys');
  const text = sopsConfig(rules, [first, second]);
  expect(recipientsOf('.sops.yaml', text)).toEqual({ ok: true, value: [first, second] });
  const changed = updateRecipients('.sops.yaml', text, { add: [third, second], remove: [first.text] });
  expect(changed).toEqual({ ok: true, value: sopsConfig(rules, [second, third]) });
  const again = updateRecipients('.sops.yaml', sopsConfig(rules, [second, third]), {
    add: [third],
    remove: [],
  });
  expect(again).toEqual({ ok: true, value: sopsConfig(rules, [second, third]) });
});

test('keeps the comments, the other rules and the form of a file written by hand', async () => {
  const [first, second] = await made(2);
  if (!first || !second) throw new Error('keys');
  const text = `# ours
creation_rules:
  - path_regex: a # one line
    age: ${first.text}
  - path_regex: b
    age:
      - ${first.text} # me
  - path_regex: c
    pgp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4
`;
  const changed = updateRecipients('.sops.yaml', text, { add: [second], remove: [] });
  expect(changed).toEqual({
    ok: true,
    value: text
      .replace(`age: ${first.text}`, `age: ${first.text},${second.text}`)
      .replace(' # me\n', ` # me\n      - ${second.text}\n`),
  });
});

test.each([
  ['broken YAML', 'creation_rules: [', 'sops-config-invalid'],
  ['no rules', 'stores: {}\n', 'sops-config-invalid'],
  ['no age recipient', 'creation_rules:\n  - pgp: x\n', 'sops-config-invalid'],
])('reports %s', (_name, text, code) => {
  expect(recipientsOf('.sops.yaml', text)).toMatchObject({
    ok: false,
    problems: [{ code, file: '.sops.yaml' }],
  });
});

test('refuses to remove the last recipient and an unknown one', async () => {
  const [first, second] = await made(2);
  if (!first || !second) throw new Error('keys');
  const text = sopsConfig(rules, [first]);
  const change = (remove: string[]) => updateRecipients('.sops.yaml', text, { add: [], remove });
  expect(change([first.text])).toMatchObject({
    ok: false,
    problems: [{ code: 'last-recipient' }, { code: 'last-recipient' }],
  });
  expect(change([second.text])).toMatchObject({ ok: false, problems: [{ code: 'recipient-unknown' }] });
});
