import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isSeq, LineCounter, parseAllDocuments, type ScalarTag } from 'yaml';
import { parseManifests } from '../../kubernetes/manifests.ts';
import { groupOf } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { readObjects } from '../../reachability/queries.ts';

/**
 * Reads a list of objects in YAML or JSON: a `List`, several documents, or an array.
 *
 * @param lines whether each object needs its line, which takes longer for JSON
 */
export function objectsOf(file: string, text: string, lines: boolean): Outcome<readonly SourcedObject[]> {
  const json = lines ? undefined : parseJson(text);
  const objects = json === undefined ? yamlObjects(file, text) : ok(readObjects(json, file));
  if (!objects.ok) return objects;
  const twice = inTwoForms(objects.value);
  if (twice !== undefined) return err(invalid(file, `${twice} is there in two forms`, undefined));
  if (objects.value.length > 0) return objects;
  return err(invalid(file, 'the file holds no object', undefined));
}

/** The first object of which there are two forms: a cluster has one of them, and the file does not tell which. */
function inTwoForms(objects: readonly SourcedObject[]): string | undefined {
  const seen = new Map<string, SourcedObject>();
  for (const source of objects) {
    const { kind, name, namespace } = refOf(source);
    const key = [groupOf(source.object), kind, namespace ?? '', name].join('/');
    const other = seen.get(key);
    if (other !== undefined && !isDeepStrictEqual(other.object, source.object))
      return describeObject(refOf(source));
    seen.set(key, source);
  }
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Namespaces and pods may be called `y` or `n`. YAML 1.1 reads those as booleans, and many writers do not quote them. A
 * single letter is text here; the longer words are booleans, as Kubernetes reads them.
 */
const words: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  identify: () => false,
  test: /^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/,
  resolve: (text) => /^(?:yes|on)$/i.test(text),
};

function yamlObjects(file: string, text: string): Outcome<readonly SourcedObject[]> {
  // Refuses text that nests too deeply or expands to too much.
  const [problem] = parseManifests(text).problems;
  if (problem !== undefined) return err(invalid(file, problem.message, problem.at));
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent', customTags: [words] });
  const objects = documents.flatMap((document) => {
    const found = readObjects(document.toJS({ maxAliasCount: 1000 }), file);
    const places = linesOfItems(document.contents, lines);
    return found.map((object, at) => {
      const line = places.length === found.length ? places[at] : places[0];
      return line === undefined ? object : { ...object, line };
    });
  });
  return ok(objects);
}

function linesOfItems(contents: unknown, lines: LineCounter): number[] {
  const items = isMap(contents) ? contents.get('items', true) : contents;
  const nodes = isSeq(items) ? items.items : [contents];
  return nodes.flatMap((node) => {
    const start = isNode(node) ? node.range?.[0] : undefined;
    return start === undefined ? [] : [lines.linePos(start).line];
  });
}

function invalid(file: string, message: string, at: Problem['at']): Problem {
  return {
    code: 'objects-invalid',
    file,
    ...(at === undefined ? {} : { at }),
    message,
    expected: 'a List of Kubernetes objects in YAML or JSON, as "kubectl get -A -o yaml" prints it',
  };
}
