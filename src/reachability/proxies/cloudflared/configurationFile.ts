import { type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode, parseAllDocuments } from 'yaml';
import { isTemplate } from '../../../kubernetes/fields.ts';

/** `originRequest.access` of a rule. */
export interface AccessConfiguration {
  required: boolean;
  teamName: string;
  audTag: readonly string[];
}

/** The options of `originRequest` that decide about destinations. */
export interface OriginRequest {
  access: AccessConfiguration | undefined;
  bastionMode: boolean | undefined;
  proxyType: string | undefined;
}

/** One rule as it is written. */
export interface WrittenRule {
  hostname: string;
  path: string;
  service: string;
  originRequest: OriginRequest;
}

/** The configuration file of cloudflared. */
export interface ConfigurationFile {
  tunnel: string;
  ingress: readonly WrittenRule[];
  originRequest: OriginRequest;
  /** Whether `warp-routing` is enabled, a field of older versions. */
  warpRouting: boolean;
  /** Options of the command line, by their names. */
  settings: ReadonlyMap<string, string>;
}

/** The file, or why cloudflared refuses it (`refused`), or why it is not known (`unread`). */
export type FileReading =
  | { file: ConfigurationFile; refused?: undefined; unread?: undefined }
  | { file?: undefined; refused?: string; unread?: string };

type Node = ParsedNode | null | undefined;

/** What reads the nodes of one document, and collects why yaml.v3 would not decode them. */
interface Decoder {
  document: Document.Parsed;
  refusals: string[];
}

/**
 * Reads the file as cloudflared 2026.8.2 does (`config/configuration.go`, with yaml.v3): the first document counts, a
 * field of another type or a key that is there twice makes the whole file unreadable, fields that are not known are
 * ignored, and so is a rule that is null. Every scalar is a text where a text is expected; `yes` and `on` are booleans
 * where a boolean is expected.
 */
export function readConfigurationFile(text: string): FileReading {
  const documents = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: true });
  const document = Array.isArray(documents) ? documents[0] : undefined;
  if (document === undefined) return { file: emptyFile };
  const twice = document.errors.find(({ code }) => code === 'DUPLICATE_KEY');
  if (twice !== undefined) return { refused: `a key is there twice (line ${twice.linePos?.[0].line ?? 0})` };
  if (document.errors.length > 0) return { unread: 'its configuration is not YAML that can be read' };
  const decoder: Decoder = { document, refusals: [] };
  const root = fieldsOf(decoder, document.contents, 'the file');
  const file: ConfigurationFile = {
    tunnel: textOf(decoder, root.get('tunnel'), 'tunnel'),
    ingress: itemsOf(decoder, root.get('ingress'), 'ingress').map((node, index) =>
      ruleOf(decoder, node, `ingress[${index}]`),
    ),
    originRequest: originRequestOf(decoder, root.get('originRequest'), 'originRequest'),
    warpRouting: isWarpRouting(decoder, root.get('warp-routing')),
    settings: settingsOf(decoder, root),
  };
  const refused = decoder.refusals[0];
  return refused === undefined ? { file } : { refused };
}

const noOptions: OriginRequest = { access: undefined, bastionMode: undefined, proxyType: undefined };
/** What an empty file says. */
export const emptyFile: ConfigurationFile = {
  tunnel: '',
  ingress: [],
  originRequest: noOptions,
  warpRouting: false,
  settings: new Map(),
};

type OptionType = 'duration' | 'boolean' | 'number' | 'port' | 'text';

/** The type of each option of `originRequest` (`config/configuration.go`); others are ignored. */
const optionTypes: Readonly<Record<string, OptionType>> = {
  connectTimeout: 'duration',
  tlsTimeout: 'duration',
  tcpKeepAlive: 'duration',
  keepAliveTimeout: 'duration',
  noHappyEyeballs: 'boolean',
  matchSNItoHost: 'boolean',
  noTLSVerify: 'boolean',
  disableChunkedEncoding: 'boolean',
  http2Origin: 'boolean',
  keepAliveConnections: 'number',
  proxyPort: 'port',
  httpHostHeader: 'text',
  originServerName: 'text',
  caPool: 'text',
  proxyAddress: 'text',
};

function ruleOf(decoder: Decoder, node: Node, where: string): WrittenRule {
  const fields = fieldsOf(decoder, node, where);
  return {
    hostname: textOf(decoder, fields.get('hostname'), `${where}.hostname`),
    path: textOf(decoder, fields.get('path'), `${where}.path`),
    service: textOf(decoder, fields.get('service'), `${where}.service`),
    originRequest: originRequestOf(decoder, fields.get('originRequest'), `${where}.originRequest`),
  };
}

function originRequestOf(decoder: Decoder, node: Node, where: string): OriginRequest {
  if (isNull(decoder, node)) return noOptions;
  const fields = fieldsOf(decoder, node, where);
  for (const [name, type] of Object.entries(optionTypes))
    checkType(decoder, fields.get(name), type, `${where}.${name}`);
  const bastion = fields.get('bastionMode');
  const proxyType = fields.get('proxyType');
  return {
    access: accessOf(decoder, fields.get('access'), `${where}.access`),
    bastionMode: isNull(decoder, bastion) ? undefined : booleanOf(decoder, bastion, `${where}.bastionMode`),
    proxyType: isNull(decoder, proxyType) ? undefined : textOf(decoder, proxyType, `${where}.proxyType`),
  };
}

function accessOf(decoder: Decoder, node: Node, where: string): AccessConfiguration | undefined {
  if (isNull(decoder, node)) return undefined;
  const fields = fieldsOf(decoder, node, where);
  return {
    required: booleanOf(decoder, fields.get('required'), `${where}.required`),
    teamName: textOf(decoder, fields.get('teamName'), `${where}.teamName`),
    audTag: itemsOf(decoder, fields.get('audTag'), `${where}.audTag`).map((tag) =>
      textOf(decoder, tag, `${where}.audTag`),
    ),
  };
}

function isWarpRouting(decoder: Decoder, node: Node): boolean {
  if (isNull(decoder, node)) return false;
  return booleanOf(decoder, fieldsOf(decoder, node, 'warp-routing').get('enabled'), 'warp-routing.enabled');
}

/** Keys of the file that are options of the command line. Those of another type than a text are left out. */
function settingsOf(decoder: Decoder, root: ReadonlyMap<string, Node>): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const [key, node] of root) {
    if (['tunnel', 'ingress', 'originRequest', 'warp-routing'].includes(key)) continue;
    const value = scalarOf(decoder, node);
    if (typeof value === 'string' || typeof value === 'boolean') settings.set(key, String(value));
  }
  return settings;
}

/** The node itself where it is an alias. */
function followed({ document }: Decoder, node: Node): Node {
  return isAlias(node) ? (node.resolve(document) as Node) : node;
}

function scalarOf(decoder: Decoder, node: Node): unknown {
  const found = followed(decoder, node);
  return isScalar(found) ? found.value : undefined;
}

function isNull(decoder: Decoder, node: Node): boolean {
  const found = followed(decoder, node);
  return found === undefined || found === null || (isScalar(found) && found.value === null);
}

/** The fields of a map, with those of the maps that it merges. */
function fieldsOf(decoder: Decoder, node: Node, where: string, depth = 0): ReadonlyMap<string, Node> {
  const found = followed(decoder, node);
  const fields = new Map<string, Node>();
  if (isNull(decoder, found)) return fields;
  if (!isMap(found)) {
    decoder.refusals.push(`${where} is not a map`);
    return fields;
  }
  for (const { key, value } of found.items) {
    const name = isScalar(key) ? String(key.source ?? key.value) : undefined;
    if (name !== '<<' || depth > 8) continue;
    const merged = followed(decoder, value as Node);
    for (const each of isSeq(merged) ? merged.items : [merged])
      for (const [inner, item] of fieldsOf(decoder, each as Node, where, depth + 1))
        if (!fields.has(inner)) fields.set(inner, item);
  }
  for (const { key, value } of found.items) {
    if (isScalar(key) && key.source !== '<<') fields.set(String(key.source ?? key.value), value as Node);
  }
  return fields;
}

/** The items of a list that are not null. */
function itemsOf(decoder: Decoder, node: Node, where: string): readonly Node[] {
  const found = followed(decoder, node);
  if (isNull(decoder, found)) return [];
  if (!isSeq(found)) {
    decoder.refusals.push(`${where} is not a list`);
    return [];
  }
  return (found.items as readonly Node[]).filter((item) => !isNull(decoder, item));
}

function textOf(decoder: Decoder, node: Node, where: string): string {
  if (isNull(decoder, node)) return '';
  const found = followed(decoder, node);
  if (isScalar(found))
    return typeof found.value === 'string' ? found.value : (found.source ?? String(found.value));
  decoder.refusals.push(`${where} is not a text`);
  return '';
}

function booleanOf(decoder: Decoder, node: Node, where: string): boolean {
  if (isNull(decoder, node)) return false;
  const value = scalarOf(decoder, node);
  if (typeof value === 'boolean') return value;
  // yaml.v3 knows the booleans of YAML 1.1 where a boolean is expected, in quotes too.
  if (typeof value === 'string' && /^(?:y|yes|on)$/i.test(value)) return true;
  if (typeof value === 'string' && /^(?:n|no|off)$/i.test(value)) return false;
  decoder.refusals.push(`${where} is not a boolean`);
  return false;
}

const duration = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

function checkType(decoder: Decoder, node: Node, type: OptionType, where: string): void {
  if (isNull(decoder, node)) return;
  if (type === 'boolean') booleanOf(decoder, node, where);
  else if (type === 'text') textOf(decoder, node, where);
  else if (type === 'number' || type === 'port') {
    const value = scalarOf(decoder, node);
    if (typeof value !== 'number' || (type === 'port' && value < 0))
      decoder.refusals.push(`${where} is not a number`);
  } else {
    const value = scalarOf(decoder, node);
    if (typeof value === 'string' ? !duration.test(value) && !isTemplate(value) : value !== 0)
      decoder.refusals.push(`${where} is not a duration, such as 30s`);
  }
}
