import { readFileSync } from 'node:fs';
import { LineCounter, parseAllDocuments } from 'yaml';
import { isFields, textAt } from '../../src/kubernetes/fields.ts';
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import type { Assumptions } from '../../src/reachability/model/analysis.ts';

const file = 'home.yaml.txt';
const text = readFileSync(new URL(file, import.meta.url), 'utf8');

/** The assumptions of a user about the model home. */
export const home: Assumptions = {
  enforcer: 'kube-router',
  lan: ['192.168.1.0/24'],
  vpn: ['10.8.0.0/24'],
  podRanges: ['10.42.0.0/16'],
  serviceRanges: ['10.43.0.0/16'],
  nodeAddresses: ['192.168.1.10'],
  expectedNodePorts: 1,
};

/** Reads objects from YAML documents. Throws if a document is not an object. */
export function readYaml(source: string, name = file): SourcedObject[] {
  const lines = new LineCounter();
  return parseAllDocuments(source, { lineCounter: lines }).flatMap((document): SourcedObject[] => {
    const object: unknown = document.toJS();
    if (object === null) return [];
    const kind = textAt(object, 'kind');
    const apiVersion = textAt(object, 'apiVersion');
    const metadataName = textAt(object, 'metadata', 'name');
    if (!isFields(object) || kind === undefined || apiVersion === undefined || metadataName === undefined) {
      throw new Error('a document without apiVersion, kind or name');
    }
    const metadata = { ...(isFields(object['metadata']) ? object['metadata'] : {}), name: metadataName };
    const line = lines.linePos(document.contents?.range?.[0] ?? 0).line;
    return [{ object: { ...object, apiVersion, kind, metadata }, file: name, line }];
  });
}

/** The text of the model home: a tunnel, a proxy, an application, its database, cache and helper. */
export const homeText = text;

/** Replaces parts of the model home: pairs of an old text, which must be there exactly once, and a new text. */
export function changed(...pairs: readonly string[]): string {
  let result = text;
  for (let at = 0; at < pairs.length; at += 2) {
    const [from = '', to = ''] = pairs.slice(at, at + 2);
    if (result.split(from).length !== 2) throw new Error(`${from} is not exactly once in the model home`);
    result = result.replace(from, () => to);
  }
  return result;
}
