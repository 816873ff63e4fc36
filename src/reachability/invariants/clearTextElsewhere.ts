import {
  type Fields,
  fieldsAt,
  isFields,
  isTemplate,
  mapsAt,
  textAt,
  textMapAt,
} from '../../kubernetes/fields.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { containersOf, wordsOf } from '../model/workload.ts';
import type { Objection } from './conclusion.ts';
import { clearlyNamesSecret } from './secretNames.ts';

/**
 * Values under well-known names of secrets in ConfigMaps and their files, in the values of HelmReleases, in what an
 * operator makes a Secret of, and in the environment, arguments and annotations of pods; and anywhere there a private
 * key, or a URL with a password. Only names and forms are looked at, so that what is found is likely, and what is not
 * found proves nothing.
 */
export function clearTextElsewhere(
  objects: readonly SourcedObject[],
  workloads: readonly { ref: Objection['evidence'][number]['object']; spec: Fields }[],
): readonly Objection[] {
  const found = [
    ...objects
      .filter(({ template }) => template === undefined)
      .flatMap((source) => keysIn(source.object).map((key) => ({ object: refOf(source), key }))),
    ...workloads.flatMap(({ ref: object, spec }) =>
      containersOf(spec)
        .flatMap((container) => [...environmentKeys(container), ...argumentKeys(container)])
        .map((key) => ({ object, key })),
    ),
  ];
  return found.map(({ object, key }) => ({
    certain: false,
    sentence: `${describeObject(object)} has clear text under ${key}, which by its name or its form is a secret`,
    evidence: [{ object, rule: key }],
    remedy: 'Move the value into an encrypted Secret, or accept the finding if it is no secret',
  }));
}

function keysIn(object: Fields): readonly string[] {
  const annotations = [['metadata'], ['spec', 'template', 'metadata']].flatMap((path) =>
    [...textMapAt(object, ...path, 'annotations')].filter(([key, text]) => isOwnText(key, text)),
  );
  return [...secretKeys(annotations), ...keysOfKind(object)];
}

/** Whether an annotation has a value of its own: a list of names, or one with its namespace, is none. */
function isOwnText(key: string, text: string): boolean {
  return clearlyNamesSecret(key.slice(key.lastIndexOf('/') + 1)) ? !/[/,]/.test(text) : hasSecret(text);
}

/** Where a kind keeps texts that become a Secret (External Secrets 1.1, Sealed Secrets 0.33). */
const templatesOfSecrets: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ExternalSecret: [['spec', 'target', 'template', 'data']],
  ClusterExternalSecret: [['spec', 'externalSecretSpec', 'target', 'template', 'data']],
  SealedSecret: [
    ['spec', 'template', 'data'],
    ['spec', 'template', 'stringData'],
  ],
};

function keysOfKind(object: Fields): readonly string[] {
  const kind = typeof object['kind'] === 'string' ? object['kind'] : '';
  if (kind === 'ConfigMap')
    return [...keysOfFiles(textMapAt(object, 'data')), ...keysOfFiles(decoded(object))];
  if (kind === 'HelmRelease') return keysInValues(fieldsAt(object, 'spec', 'values'));
  if (kind === 'Kustomization') return secretKeys(textMapAt(object, 'spec', 'postBuild', 'substitute'));
  const templates = Object.hasOwn(templatesOfSecrets, kind) ? templatesOfSecrets[kind] : undefined;
  return (templates ?? []).flatMap((path) => keysOfFiles(textMapAt(object, ...path)));
}

function decoded(object: Fields): readonly (readonly [string, string])[] {
  return [...textMapAt(object, 'binaryData')].map(([key, text]) => [
    key,
    Buffer.from(text, 'base64').toString('utf8'),
  ]);
}

/** The keys that are secrets, and those whose text is a file with one. */
function keysOfFiles(entries: Iterable<readonly [string, string]>): readonly string[] {
  return [...entries].flatMap(([key, text]) => {
    const own = secretKeys([[key, text]]);
    if (own.length > 0 || !text.includes('\n')) return own;
    const inside = text.split('\n').flatMap(secretOfLine)[0];
    return inside === undefined ? [] : [`${key} (${inside})`];
  });
}

/** A line such as `KEY=value` or `key: value`. */
const setting = /^\s*(?:export\s+|-\s+)?["']?([\w.-]{1,80})["']?\s*[:=]\s*["']?([^\s"'#]+)["']?,?\s*$/;

function secretOfLine(line: string): readonly string[] {
  if (line.length > 1000) return [];
  const found = setting.exec(line);
  if (found === null) return [];
  const [, key = '', value = ''] = found;
  // A hash of a password begins with a dollar, and so does a variable.
  return value.startsWith('$') ? [] : secretKeys([[key, value]]);
}

const privateKey = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/;
const passwordInUrl = /[a-z][a-z\d+.-]*:\/\/[^\s/@:]*:([^\s/@]+)@/i;

/** Whether a text is a secret by its form, whatever its name. */
function hasSecret(text: string): boolean {
  const password = passwordInUrl.exec(text)?.[1] ?? '';
  return (
    privateKey.test(text) || (password !== '' && !/[$<{*]|^(?:pass\w*|secret|changeme|x+)$/i.test(password))
  );
}

function secretKeys(entries: Iterable<readonly [string, string]>): readonly string[] {
  return [...entries].flatMap(([key, text]) =>
    (clearlyNamesSecret(key) && isLiteral(text)) || hasSecret(text) ? [key] : [],
  );
}

/** Options such as `--password=value`, or `--password` and the value as the next word. */
function argumentKeys(container: Fields): readonly string[] {
  const words = wordsOf(container);
  return words.flatMap((word, at) => {
    const [, name = '', value = words[at + 1] ?? ''] = /^--?([\w-]{1,80})(?:=([\s\S]*))?$/.exec(word) ?? [];
    return name === '' || value.startsWith('-') ? [] : secretKeys([[name, value]]);
  });
}

function keysInValues(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => [...environmentOf(item), ...keysInValues(item)]);
  if (!isFields(value)) return [];
  return [...secretKeys(textMapAt({ value }, 'value')), ...Object.values(value).flatMap(keysInValues)];
}

function environmentKeys(container: Fields): readonly string[] {
  return mapsAt(container, 'env').flatMap(environmentOf);
}

/** The name of a variable of a container that has its value beside it. */
function environmentOf(item: unknown): readonly string[] {
  const [name, text] = [textAt(item, 'name'), textAt(item, 'value')];
  return name === undefined || text === undefined ? [] : secretKeys([[name, text]]);
}

/** Words that say where a secret is, and values that are no text of their own. */
const word = /^(?:\d{1,7}|[A-Za-z]{1,15}(?:[-_.][A-Za-z\d]{1,15})*)$/;

/** Whether a text may be a secret: not a variable, a path, an address, a name or a number. */
function isLiteral(text: string): boolean {
  const isElsewhere = isTemplate(text) || /^\$\(|^(?:\.{0,2}\/|[a-z][a-z\d+.-]*:\/\/)/i.test(text);
  return (
    text.length >= 8 &&
    !isElsewhere &&
    !/\s/.test(text.trim()) &&
    !word.test(text) &&
    !text.startsWith('ENC[')
  );
}
