import {
  type Fields,
  fieldsAt,
  isFields,
  isTemplate,
  mapsAt,
  textAt,
  textMapAt,
  textsAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { containersOf, podTemplateOf, wordsOf } from '../model/workload.ts';
import type { Objection } from './conclusion.ts';
import { clearlyNamesSecret } from './secretNames.ts';

/**
 * Values under well-known names of secrets in ConfigMaps and their files, in the values of HelmReleases, in what an
 * operator makes a Secret of, and in the environment, arguments, scripts, probes and annotations of pods; and in the
 * fields of any object a private key, a URL with a password or a token, or a password of SQL. Only names and forms are looked at, so that what is found is likely, and what is not
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
        .flatMap((container) => [...environmentKeys(container), ...commandKeys(container)])
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

function keysIn(object: KubernetesObject): readonly string[] {
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

function keysOfKind(object: KubernetesObject): readonly string[] {
  const { kind } = object;
  if (kind === 'ConfigMap')
    return [...keysOfFiles(textMapAt(object, 'data')), ...keysOfFiles(decoded(object))];
  // The controller of k3s keeps the values of a chart as a text.
  if (kind === 'HelmChart' || kind === 'HelmChartConfig') return keysOfFiles(textMapAt(object, 'spec'));
  if (kind === 'HelmRelease') return keysInValues(fieldsAt(object, 'spec', 'values'));
  if (kind === 'Kustomization') return secretKeys(textMapAt(object, 'spec', 'postBuild', 'substitute'));
  // The fields of pods are read container by container, and a definition has texts for readers.
  if (podTemplateOf(object) !== undefined || kind === 'CustomResourceDefinition' || kind === 'Secret')
    return [];
  const templates = Object.hasOwn(templatesOfSecrets, kind) ? templatesOfSecrets[kind] : undefined;
  // Grafana operator 5: a map of the sections of grafana.ini.
  const settings = kind === 'Grafana' ? keysInValues(valueAt(object, 'spec', 'config')) : [];
  return [
    ...(templates ?? []).flatMap((path) => keysOfFiles(textMapAt(object, ...path))),
    ...settings,
    ...keysByForm(object['spec'], 'spec').filter((key) => !settings.includes(key)),
  ];
}

/** The keys of texts that are secrets by their form. */
function keysByForm(value: unknown, key: string): readonly string[] {
  if (typeof value === 'string') return hasSecret(value) ? [key] : [];
  if (Array.isArray(value)) return value.flatMap((item) => keysByForm(item, key));
  return isFields(value) ? Object.entries(value).flatMap(([name, item]) => keysByForm(item, name)) : [];
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
// From the end of the scheme: from its beginning, a long word would be read again from each of its letters.
const passwordInUrl = /(?<=[a-z][a-z\d+.-]{0,40}):\/\/[^\s/@:]*:([^\s/@]+)@/i;

/** URLs that are secrets: webhooks of Slack, Discord, Teams and Telegram, and a token among the parameters. */
const tokenInUrl =
  /hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/-]{10}|discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d+\/[\w-]{8}|\.webhook\.office\.com\/webhook|api\.telegram\.org\/bot\d+:[\w-]{8}|:\/\/[^\s$<{]*[?&](?:token|key|sig|secret|(?:api|access)[_-]?(?:key|token))=[\w%+/-]{8}/i;
/** `ALTER ROLE app PASSWORD '…'`, and `IDENTIFIED BY '…'` of MariaDB. */
const passwordInSql = /\b(?:password|identified\s+by)\s+'[^'${]{4,}'/i;

/** Whether a text is a secret by its form, whatever its name. */
function hasSecret(text: string): boolean {
  if (tokenInUrl.test(text) || passwordInSql.test(text)) return true;
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

/** Secrets in the arguments of a container, in its probes and in its hooks. */
function commandKeys(container: Fields): readonly string[] {
  const handlers = [
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((name) => valueAt(container, name)),
    ...['postStart', 'preStop'].map((name) => valueAt(container, 'lifecycle', name)),
  ];
  const commands = [wordsOf(container), ...handlers.map((handler) => textsAt(handler, 'exec', 'command'))];
  const headers = handlers.flatMap((handler) => mapsAt(handler, 'httpGet', 'httpHeaders'));
  const found = [
    ...commands.flatMap((words) => [...argumentKeys(words), ...words.flatMap(scriptKeys)]),
    ...headers.flatMap(headerKeys),
  ];
  return [...new Set(found)];
}

/** A header with a secret, such as `Authorization` with a scheme and a value. */
function headerKeys(header: Fields): readonly string[] {
  const [name = '', value = ''] = [textAt(header, 'name'), textAt(header, 'value')];
  const isCredential = /^(?:proxy-)?authorization$|^cookie$/i.test(name) && /\S{6}/.test(value);
  return isCredential && !isTemplate(value) && !value.includes('$(') ? [name] : secretKeys([[name, value]]);
}

const assignment = /(?:^|[\s;&|("'])([A-Za-z_]\w{0,79})=(?:"([^"]*)"|'([^']*)'|([^\s"';&|)]+))/g;

/** Variables that a script sets, options of its commands, and secrets by their form. */
function scriptKeys(script: string): readonly string[] {
  if (!/\s/.test(script.trim()) || script.length > 100_000) return [];
  const values = [...script.matchAll(assignment)].map(([, key = '', ...value]) => [
    key,
    value.find((each) => each !== undefined) ?? '',
  ]);
  return [
    ...secretKeys(values.flatMap(([key = '', value = '']) => (value.startsWith('$') ? [] : [[key, value]]))),
    ...argumentKeys(script.split(/[\s;&|]+/).map((each) => each.replaceAll(/^["']|["']$/g, ''))),
    ...(hasSecret(script) ? ['a script'] : []),
  ];
}

/** Options such as `--password=value`, or `--password` and the value as the next word. */
function argumentKeys(words: readonly string[]): readonly string[] {
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
