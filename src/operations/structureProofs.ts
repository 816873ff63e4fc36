import { valueAt, written } from '../config/path.ts';
import { isFields, isTemplate, textAt, textsIn } from '../kubernetes/fields.ts';
import { groupOf } from '../kubernetes/object.ts';
import type { Finding, Validator } from '../kubernetes/validate.ts';
import { describeObject, refOf, type SourcedObject } from '../manifests/sourcedObject.ts';
import { conclude } from '../reachability/invariants/conclusion.ts';
import type { Proof } from '../reachability/model/analysis.ts';

export interface StructureOptions {
  validator: Validator;
  /** Whether the cluster runs the versions of the schemas. Where it may not, a custom kind may have other fields. */
  pinned: boolean;
}

/** What schemas say of objects, and which kinds they say nothing of. */
export interface Structure {
  /** One for each object that its kind does not allow; one that is proved, where there is none. */
  proofs: readonly Proof[];
  /** Kinds that were not looked at, for want of a schema. */
  unjudged: readonly string[];
}

const mostNamed = 3;

/**
 * Whether each object has the structure that the API server demands of its kind: what it would refuse, and the field
 * that it would drop without a word. What only a running cluster fills in, and what is encrypted, is not judged.
 */
export function proveStructure(objects: readonly SourcedObject[], options: StructureOptions): Structure {
  const own = new Set(objects.flatMap(({ object }) => definedBy(object)));
  const unjudged = new Set<string>();
  const proofs = objects.flatMap((source): Proof[] => {
    const { object } = source;
    const entry = options.validator.kind(object.apiVersion, object.kind);
    const group = groupOf(object);
    if (entry === undefined || own.has(`${group}/${object.kind}`)) {
      unjudged.add(group === '' ? object.kind : `${object.kind}.${group}`);
      return [];
    }
    const { sops, ...plain } = object;
    const findings = options.validator
      .validate(isFields(sops) ? plain : object)
      .filter((finding) => isFinal(finding, object));
    return findings.length === 0 ? [] : [proofOf(source, findings, entry, options.pinned)];
  });
  if (proofs.length > 0) return { proofs, unjudged: [...unjudged] };
  const sentence = `${objects.length} objects were compared with the definitions of their kinds`;
  return {
    proofs: [
      conclude('objects-valid', 'Every object has the structure of its kind', [], { sentence, evidence: [] }),
    ],
    unjudged: [...unjudged],
  };
}

function proofOf(
  source: SourcedObject,
  findings: readonly Finding[],
  { source: project, version }: { source: string; version: string },
  pinned: boolean,
): Proof {
  const object = refOf(source);
  const said = findings
    .slice(0, mostNamed)
    .map(({ path, message, expected }) => `${fieldOf(path)}: ${message}, expected is ${expected}`);
  const more = findings.length > mostNamed ? `; and ${findings.length - mostNamed} more` : '';
  const certain = pinned || project === 'kubernetes/kubernetes';
  const where = certain ? '' : ` (by the definition of ${project} ${version}: another version may differ)`;
  const evidence = findings.map(({ path }) => ({ object, rule: fieldOf(path) }));
  const objection = {
    ...{ certain, sentence: `${said.join('; ')}${more}${where}`, evidence },
    ...(certain ? {} : { remedy: 'Compare the field with the definition that your cluster runs' }),
  };
  const claim = `${describeObject(object)} has the structure of its kind`;
  return conclude('objects-valid', claim, [objection], { sentence: '', evidence: [] });
}

/** Whether the finding stays when what is hidden or filled in later is known. */
function isFinal({ code, path }: Finding, object: SourcedObject['object']): boolean {
  if (code === 'unknown-key') return !isTemplate(String(path.at(-1)));
  return !textsIn(valueAt(object, path)).some((text) => isTemplate(text) || text.startsWith('ENC['));
}

function fieldOf(path: Finding['path']): string {
  return path.length === 0 ? 'the object' : written(path);
}

/** The kind that a definition among the objects defines: theirs counts, not ours. */
function definedBy(object: SourcedObject['object']): readonly string[] {
  if (object.kind !== 'CustomResourceDefinition') return [];
  const [group, kind] = [textAt(object, 'spec', 'group'), textAt(object, 'spec', 'names', 'kind')];
  return group === undefined || kind === undefined ? [] : [`${group}/${kind}`];
}
