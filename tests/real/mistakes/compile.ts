import { join } from 'node:path';
import ts from 'typescript';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { packageDirectory } from '../../../src/system/packageDirectory.ts';

/** Kinds whose type has a name other than the kind. */
const otherNames: Readonly<Record<string, string>> = { Kustomization: 'FluxKustomization' };

/**
 * Type-checks objects as literals of the type of their kind, all in one program.
 *
 * @returns the errors of the compiler for each set of objects; empty if it compiles
 */
export function compileSets(sets: readonly (readonly KubernetesObject[])[]): string[][] {
  const directory = join(packageDirectory(), 'src', 'kubernetes');
  const nameOf = (index: number) => join(directory, `planted-${index}.ts`);
  const texts = new Map(sets.map((objects, index) => [nameOf(index), textOf(objects)]));
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.getSourceFile = (file, language, ...more) => {
    const text = texts.get(file);
    return text === undefined
      ? getSourceFile(file, language, ...more)
      : ts.createSourceFile(file, text, language);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return sets.map((_, index) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(nameOf(index)))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
  );
}

function textOf(objects: readonly KubernetesObject[]): string {
  const typeOf = ({ kind }: KubernetesObject): string => otherNames[kind] ?? kind;
  const types = [...new Set(objects.map(typeOf))];
  return [
    types.length > 0 ? `import type { ${types.join(', ')} } from './types.ts';` : '',
    ...objects.map(
      (object, index) => `export const _${index}: ${typeOf(object)} = ${JSON.stringify(object)};`,
    ),
  ].join('\n');
}
