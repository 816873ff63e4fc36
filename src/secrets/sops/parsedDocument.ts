import type { Document, YAMLMap } from 'yaml';
import type { Position } from '../../problems/problem.ts';

/** A document that SOPS supports, with the position of every node. */
export interface ParsedDocument {
  file: string;
  format: 'yaml' | 'json';
  text: string;
  tree: Document.Parsed;
  root: YAMLMap;
  /** Line and column of an offset in the text. */
  at(offset: number): Position;
}
