import { isTemplate, textsIn } from '../../kubernetes/fields.ts';
import { valueAt, written } from '../../kubernetes/path.ts';
import type { KindEntry } from '../../kubernetes/schema.ts';
import type { Finding } from '../../kubernetes/validate.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { type Conclusion, conclude } from './conclusion.ts';
import type { Invariant } from './invariant.ts';
import { comparableIn, type Structure } from './structure.ts';

/** What is encrypted, or filled in on the cluster, is left out. */
export const objectsValid = {
  id: 'objects-valid',
  title: 'Objects are valid',
  promise:
    'Each object has the structure of its kind: the API server accepts it and drops none of its fields',
  remedy: 'Fix the field: the API server rejects the object, or drops the field silently',
  brokenByPresence: true,
  prove: ({ structure }) => (structure === undefined ? [] : proveStructure(structure)),
} as const satisfies Invariant;

const mostNamed = 3;

function proveStructure({ validated, pinned }: Structure): readonly Conclusion[] {
  const comparable = comparableIn(validated);
  const refuted = validated.flatMap((each) => {
    if (each.kind === undefined || !comparable(each)) return [];
    const findings = each.findings.filter((finding) => isFinal(finding, each.source.object));
    return findings.length === 0 ? [] : [concludeInvalid(each.source, findings, each.kind, pinned)];
  });
  if (refuted.length > 0) return refuted;
  const sentence = `${validated.length} objects were compared with the definitions of their kinds`;
  return [conclude('Every object has the structure of its kind', [], { sentence, evidence: [] })];
}

function concludeInvalid(
  source: SourcedObject,
  findings: readonly Finding[],
  { source: project, version }: KindEntry,
  pinned: boolean,
): Conclusion {
  const object = refOf(source);
  const sentences = findings
    .slice(0, mostNamed)
    .map(({ path, message, expected }) => `${fieldOf(path)}: ${message}, expected is ${expected}`);
  const more = findings.length > mostNamed ? `; and ${findings.length - mostNamed} more` : '';
  const certain = pinned || project === 'kubernetes/kubernetes';
  const where = certain ? '' : ` (by the definition of ${project} ${version}: another version may differ)`;
  const evidence = findings.map(({ path }) => ({ object, rule: fieldOf(path) }));
  const objection = { certain, sentence: `${sentences.join('; ')}${more}${where}`, evidence };
  const remedy = 'Compare the field with the definition that your cluster runs';
  return conclude(
    `${describeObject(object)} has the structure of its kind`,
    [certain ? objection : { ...objection, remedy }],
    { sentence: '', evidence: [] },
  );
}

/** Whether the finding stays when what is hidden or filled in later is known. */
function isFinal({ code, path }: Finding, object: SourcedObject['object']): boolean {
  if (code === 'unknown-key') return !isTemplate(String(path.at(-1)));
  return !textsIn(valueAt(object, path)).some((text) => isTemplate(text) || text.startsWith('ENC['));
}

function fieldOf(path: Finding['path']): string {
  return path.length === 0 ? 'the object' : written(path);
}
