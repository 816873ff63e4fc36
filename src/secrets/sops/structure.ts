import { isAlias, isCollection, isMap, isScalar, type Node } from 'yaml';
import type { Problem } from '../../problems/problem.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import { resolvePlain } from './value.ts';

const maximumDepth = 100;

/** Reports valid YAML that SOPS does not support: aliases, tags, keys that are not text, very deep nesting. */
export function structureProblems(parsed: ParsedDocument): Problem[] {
  const problems: Problem[] = [];
  const report = (node: Node, problem: Omit<Problem, 'file' | 'at'>) => {
    problems.push({ ...problem, file: parsed.file, at: parsed.at(node.range?.[0] ?? 0) });
  };
  const visit = (node: unknown, depth: number): void => {
    if (isAlias(node) || (isScalarOrCollection(node) && (node.anchor || node.tag))) {
      report(node, indirection);
      return;
    }
    if (!isCollection(node)) return;
    if (depth > maximumDepth) {
      report(node, {
        code: 'yaml-syntax',
        message: `the document is nested deeper than ${maximumDepth} levels`,
      });
      return;
    }
    if (isMap(node))
      for (const { key, value } of node.items) {
        if (!isTextKey(key, parsed.format)) report(isScalarOrCollection(key) ? key : node, keyNotText);
        visit(value, depth + 1);
      }
    else for (const item of node.items) visit(item, depth + 1);
  };
  visit(parsed.root, 0);
  return problems;
}

function isScalarOrCollection(node: unknown): node is Node & { anchor?: string; tag?: string } {
  return isScalar(node) || isCollection(node);
}

function isTextKey(key: unknown, format: 'yaml' | 'json'): boolean {
  if (!isScalar(key) || key.anchor || key.tag || typeof key.value !== 'string') return false;
  if (key.type !== 'PLAIN') return true;
  if (key.value === '<<') return false;
  const typed = resolvePlain(key.value, format);
  return typeof typed === 'object' && typed.type === 'str';
}

const indirection: Omit<Problem, 'file' | 'at'> = {
  code: 'yaml-indirection',
  message: 'the document has an anchor, an alias or a tag',
  expected: 'values written out where they are used',
  remedy: 'write the value out',
};

const keyNotText: Omit<Problem, 'file' | 'at'> = {
  code: 'sops-key-not-text',
  message: 'a key of a map is not text',
  expected: 'a text key',
  remedy: 'put the key in quotes',
};
