/** What checks objects: TypeScript, the schemas of the package, the proofs, and the API server. */
export const objectChecks = ['type', 'schema', 'proofs', 'API server'] as const;
export type ObjectCheck = (typeof objectChecks)[number];

/** What checks files: Gatehouse's own build of kustomizations, and Flux's controllers. */
export const fileChecks = ['files', 'Flux'] as const;
export type FileCheck = (typeof fileChecks)[number];

/** A planted mistake and the checks that caught it. */
export interface Caught<Check extends string> {
  readonly name: string;
  readonly caught: readonly Check[];
}

/** The page of the documentation that shows which check catches which mistake. */
export function judgesPage(
  objects: readonly Caught<ObjectCheck>[],
  files: readonly Caught<FileCheck>[],
): string {
  const missed = [...objects, ...files].filter(({ caught }) => caught.length === 0);
  return `# Who catches which mistake

${objects.length + files.length} mistakes, each planted into something that is otherwise right. This page is written by \`npm run test:real -- mistakes -u\`, and the same test fails when it is no longer true.

## In objects

Planted into the objects of \`examples/home\`.

- **type**: TypeScript, when the object is written as a literal of its kind’s type (\`src/kubernetes/types.ts\`).
- **schema**: \`configure\` and \`check\`, offline, by \`schemas/\`.
- **proofs**: the proofs of exposure of \`check\`: one is no longer proved.
- **API server**: kube-apiserver with the real definitions, strict, each pod as a dry run in its namespace.

${table(objects, objectChecks)}

Flux applies objects through the same API server, so it reports what that refuses, with one exception that is in the next table.

## In files

Planted into a directory that Flux applies.

- **files**: Gatehouse’s own reading of the kustomizations (\`check\`, \`configure\`).
- **Flux**: source-controller and kustomize-controller: the Kustomization does not become ready.

${table(files, fileChecks)}

## Caught by nobody

Flux alone accepts what this list has from the second table. The unknown field is caught offline by the schema, and \`configure\` writes no \`\${name}\` but its own; in files that a user adds nobody sees them.

${missed.map(({ name }) => `- ${name}`).join('\n')}
`;
}

/** A table with columns of equal width, as the formatter writes it. */
function table<Check extends string>(rows: readonly Caught<Check>[], checks: readonly Check[]): string {
  const cells = rows.map(({ name, caught }) => [
    name,
    ...checks.map((check) => (caught.includes(check) ? 'caught' : '')),
  ]);
  const head = ['mistake', ...checks];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...cells].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[], filler = ' '): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width, filler)).join(' | ')} |`;
  return [line(head), line([], '-'), ...cells.map((row) => line(row))].join('\n');
}
