import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Path } from '../kubernetes/path.ts';
import { readAgain } from '../kubernetes/substitutedText.ts';

/** A program that reads a text with references after they were filled in. */
export interface TextReader {
  name: string;
  /** Who reads it, as the subject of a sentence. */
  reads: string;
  /** What it keeps, as what a field expects. */
  keepsOnly: string;
  /** Whether it reads the filled-in text as the text with exactly these values in it. */
  keeps(text: string, fill: (text: string) => string, values: readonly string[]): boolean;
}

/** Flux, which reads every text again that it has filled in. */
export const yamlScalar: TextReader = {
  name: 'yaml',
  reads: 'Flux',
  keepsOnly:
    'a value that YAML reads as this text without quotes: not a number, "yes", "no" or "null"; without one of # & * ! | > % @ ` { } [ ] , " \' at its start; without ": ", " #", line breaks, and blanks or a colon at its end',
  keeps: (text, fill) => readAgain(text, fill(text))?.value === fill(text),
};

/**
 * nginx. Each reference is in a parameter in double quotes (`nginxText.ts`), in which only `"`, `\` and variables are
 * read (nginx 1.30, `ngx_conf_read_token` and `ngx_http_script_compile`). The verifier splits lists at blanks.
 */
const nginx: TextReader = {
  name: 'nginx',
  reads: 'nginx',
  keepsOnly: 'a value without ", \\, $ and blanks',
  keeps: (_text, _fill, values) => !values.some((value) => /["\\$\s]/.test(value)),
};

/** A program that reads a file as YAML or JSON, such as cloudflared. */
const yamlFile: TextReader = {
  name: 'yaml-file',
  reads: 'the program with this configuration file',
  keepsOnly: 'a value without " and \\',
  keeps: (text, fill) => {
    try {
      return isDeepStrictEqual(parse(fill(text)), filledIn(parse(text), fill));
    } catch {
      return false;
    }
  },
};

function filledIn(value: unknown, fill: (text: string) => string): unknown {
  if (typeof value === 'string') return fill(value);
  if (Array.isArray(value)) return value.map((item) => filledIn(item, fill));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filledIn(item, fill)]));
}

/** The kubelet, which replaces `$(NAME)` and `$$` in what it gives to a container (Kubernetes `third_party/forked/golang/expansion`). */
const container: TextReader = {
  name: 'container',
  reads: 'the container',
  keepsOnly: 'a value without "$$" and "$("',
  keeps: (text, fill) => count(fill(text)) === count(text),
};

const count = (text: string): number => text.match(/\$[$(]/g)?.length ?? 0;

/** Helm: a chart may read a value as a template (`tpl`), and hand it to a container. */
const chart: TextReader = {
  name: 'chart',
  reads: 'Helm',
  keepsOnly: 'a value without "{{", "$$" and "$("',
  keeps: (text, fill, values) => !fill(text).includes('{{') && container.keeps(text, fill, values),
};

/** A file in a language that has no rule: nothing that any language gives a meaning. */
const file: TextReader = {
  name: 'file',
  reads: 'the program with this file',
  keepsOnly: 'a value of letters, digits and @ . _ : / + -',
  keeps: (_text, _fill, values) => values.every((value) => /^[\p{L}\p{N}@._:/+-]+$/u.test(value)),
};

/** The API server and who reads the field from it: the text is the value. */
const field: TextReader = { name: 'field', reads: 'the API', keepsOnly: 'any text', keeps: () => true };

/** Who reads the text at a path of an object. */
export function readerOf({ kind }: KubernetesObject, path: Path): TextReader {
  if (kind === 'ConfigMap' && path[0] === 'data') return readerOfFile(String(path[1]));
  if (kind === 'HelmRelease' && path[0] === 'spec' && path[1] === 'values') return chart;
  if (path.some((step) => step === 'env' || step === 'command' || step === 'args')) return container;
  return field;
}

function readerOfFile(name: string): TextReader {
  if (name.endsWith('.conf')) return nginx;
  return /\.(ya?ml|json)$/.test(name) ? yamlFile : file;
}
