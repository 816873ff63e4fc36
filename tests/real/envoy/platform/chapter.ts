import type { Answer } from './asking.ts';
import type { Instance } from './example.ts';
import { type Row, said, spoofing } from './ways.ts';

/** Where the chapter begins and ends in docs/gateway.md. */
export const chapterMarks = ['<!-- echoes -->', '<!-- /echoes -->'] as const;

/** The chapter about what the echoes of the example answer. */
export function chapterOf(
  instances: readonly Instance[],
  { who, paths }: { who: Row[]; paths: Row[] },
): string {
  const names = instances.map(({ name }) => name);
  const table = (head: string, rows: readonly Row[], cell: (answer: Answer) => string) =>
    tableOf(
      [head, ...names],
      rows.map(({ title, answers }) => [title, ...names.map((name) => cell(answers[name] ?? nobody))]),
    );
  const spoofed = who.find(({ title }) => title === spoofing)?.answers ?? {};
  const headers = [...Object.keys(said), 'authorization', 'cf-access-jwt-assertion'];
  return [
    ...[table('who asks', who, whoCell), table('path', paths.map(asCode), pathCell)],
    tableOf(
      ['header', ...names],
      headers.map((header) => [`\`${header}\``, ...names.map((name) => headerCell(spoofed[name], header))]),
    ),
  ].join('\n\n');
}

const nobody: Answer = { status: 'not asked', saw: undefined };

const asCode = (row: Row): Row => ({ ...row, title: `\`${row.title}\`` });

/** The status, and whom the app was told where it was asked. */
function whoCell({ status, saw }: Answer): string {
  return saw === undefined ? status : `**${status}** ${saw.headers['x-user-id'] ?? '–'}`;
}

function pathCell({ status, saw }: Answer): string {
  return saw === undefined ? status : `**${status}** \`${saw.path}\``;
}

function headerCell(answer: Answer | undefined, header: string): string {
  const value = answer?.saw?.headers[header];
  if (value === undefined) return '–';
  return /^(Bearer )?eyJ/.test(value) ? 'the token' : `\`${value}\``;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
