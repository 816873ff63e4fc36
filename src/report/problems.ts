import type { Problem } from '../problems/problem.ts';
import { printableValues } from './printable.ts';
import type { Style } from './style.ts';

/** Problems as text, sorted by file and line: the position, the message, what is expected, and the remedy. */
export function renderProblems(problems: readonly Problem[], style: Style): string {
  return [...problems]
    .sort(byPlace)
    .map((problem) => renderProblem(problem, style))
    .join('\n\n');
}

function renderProblem(problem: Problem, style: Style): string {
  const { code, file, at, message, expected, remedy } = printableValues(problem);
  const place = [file, at?.line, at?.column].filter((part) => part !== undefined).join(':');
  return [
    `${place === '' ? '' : `${style.strong(place)}  `}${message}  ${style.faint(code)}`,
    ...(expected ? [`  expected  ${expected}`] : []),
    ...(remedy ? [`  to do     ${remedy}`] : []),
  ].join('\n');
}

function byPlace(one: Problem, other: Problem): number {
  return (
    (one.file ?? '').localeCompare(other.file ?? '') ||
    (one.at?.line ?? 0) - (other.at?.line ?? 0) ||
    (one.at?.column ?? 0) - (other.at?.column ?? 0)
  );
}
