// Crosses config, kubernetes, repository and secrets: what each says of a text that is not YAML.
import { expect, it } from 'vitest';
import { type ErrorCode, parseAllDocuments } from 'yaml';
import { readDocument } from '../src/config/document.ts';
import { parseManifests } from '../src/kubernetes/manifests.ts';
import type { Problem } from '../src/problems/problem.ts';
import { readEntries } from '../src/repository/kustomization.ts';
import { parseDocument } from '../src/secrets/sops/document.ts';

/** A text for each error that the parser has for a text. Each holds the word "hidden", which no message may quote. */
const wrong: [ErrorCode, string][] = [
  ['ALIAS_PROPS', 'a: &x hidden\nb: !!str *x\n'],
  ['BAD_ALIAS', 'hidden: *\n'],
  ['BAD_DIRECTIVE', '%YAML hidden\n---\na: 1\n'],
  ['BAD_DQ_ESCAPE', 'a: "hidden\\q"\n'],
  ['BAD_INDENT', 'a:\n  hidden: 1\n b: 2\n'],
  ['BAD_SCALAR_START', 'a: @hidden\n'],
  ['BLOCK_AS_IMPLICIT_KEY', 'a: hidden: c\n'],
  ['BLOCK_IN_FLOW', 'a: [\n  hidden:\n  - b\n]\n'],
  ['DUPLICATE_KEY', 'hidden: 1\nhidden: 2\n'],
  ['MISSING_CHAR', 'a: "hidden\n'],
  ['MULTILINE_IMPLICIT_KEY', 'hidden\nb: 1\n'],
  ['MULTIPLE_ANCHORS', 'a: &x &y hidden\n'],
  ['MULTIPLE_TAGS', 'a: !!str !!str hidden\n'],
  ['TAB_AS_INDENT', 'a:\n\t- hidden\n'],
  ['UNEXPECTED_TOKEN', 'hidden: }\n'],
];

function problemsOf(text: string): Record<string, readonly Problem[]> {
  const problems = (outcome: { ok: true } | { ok: false; problems: readonly Problem[] }) =>
    outcome.ok ? [] : outcome.problems;
  return {
    config: readDocument('cluster.yaml', text).problems,
    manifests: parseManifests(text).problems,
    kustomization: problems(readEntries(text, 'kustomization.yaml')),
    sops: problems(parseDocument('a.sops.yaml', text)),
  };
}

it.each(wrong)('says what %s means, in plain words', (code, text) => {
  expect(parseAllDocuments(text).flatMap(({ errors }) => errors.map((error) => error.code))).toContain(code);
  const spelled = new RegExp(`${code}|${code.replaceAll('_', ' ')}|implicit|scalar|hidden`, 'i');
  for (const [reader, problems] of Object.entries(problemsOf(text))) {
    expect(`${reader}: ${problems.length > 0}`).toBe(`${reader}: true`);
    for (const { message, expected, remedy } of problems) {
      if (code !== 'DUPLICATE_KEY') expect(`${message} ${expected} ${remedy}`).not.toMatch(spelled);
      expect(message).not.toContain('hidden');
      expect(message.length).toBeGreaterThan(10);
    }
  }
});
