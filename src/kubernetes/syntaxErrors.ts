import type { YAMLError } from 'yaml';

/**
 * What is wrong with a text that is not YAML, in plain words. The messages of the `yaml` library quote the text, which
 * may be private; its codes name parts of its own grammar.
 */
export function syntaxErrorText({ code }: { code: YAMLError['code'] }): string {
  return texts[code];
}

const texts: Readonly<Record<YAMLError['code'], string>> = {
  ALIAS_PROPS: 'an alias (*name) cannot have a tag or an anchor of its own',
  BAD_ALIAS: 'an alias (*name) or an anchor (&name) has no name that YAML allows',
  BAD_COLLECTION_TYPE: 'a tag is on a list or a map that it is not for',
  BAD_DIRECTIVE: 'a line that starts with % is no directive of YAML',
  BAD_DQ_ESCAPE: 'an escape after a backslash is not one of YAML; in single quotes a backslash is itself',
  BAD_INDENT: 'the line is not indented as its section is, or a bracket is not closed',
  BAD_PROP_ORDER: 'a tag or an anchor is in the wrong place; it belongs before its value',
  BAD_SCALAR_START: 'a value cannot start with this character without quotes',
  BLOCK_AS_IMPLICIT_KEY: 'there are two keys in one line, or a value with ": " that has no quotes',
  BLOCK_IN_FLOW: 'within brackets, a list or a map needs brackets as well',
  DUPLICATE_KEY: 'duplicate key',
  IMPOSSIBLE: 'this cannot be read',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a colon, a quotation mark or a bracket is missing here or before',
  MULTILINE_IMPLICIT_KEY: 'a key goes on over the end of its line, or a colon is missing before',
  MULTIPLE_ANCHORS: 'a value has two anchors (&name)',
  MULTIPLE_DOCS: 'a second document starts here',
  MULTIPLE_TAGS: 'a value has two tags',
  NON_STRING_KEY: 'a key is not text',
  RESOURCE_EXHAUSTION: 'the values are nested too deeply, or repeat each other too often',
  TAB_AS_INDENT: 'the line is indented with a tab',
  TAG_RESOLVE_FAILED: 'a tag does not fit its value, or YAML does not know it',
  UNEXPECTED_TOKEN: 'this does not belong here',
};
