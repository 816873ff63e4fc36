import type { CheckResult } from '../live/check.ts';
import { printable } from './printable.ts';

/**
 * Results as JUnit writes them, which CI systems show: a broken check is a failure, one that was not checked is skipped. The
 * caller redacts.
 *
 * @see https://github.com/testmoapp/junitxml (the common form; there is no specification)
 */
export function resultsToJunit(results: readonly CheckResult[], name: string): string {
  const count = (verdict: CheckResult['verdict']): number =>
    results.filter((result) => result.verdict === verdict).length;
  const counts = `tests="${results.length}" failures="${count('broken')}" errors="0" skipped="${count('not checked')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escaped(name)}" ${counts}>`,
    ...results.map((result) => testcase(result)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testcase({ id, promise, component, verdict, evidence, remedy }: CheckResult): string {
  const open = `    <testcase classname="${escaped(component ?? 'gatehouse')}" name="${escaped(`${id}: ${promise}`)}"`;
  const text = escaped([...evidence, `Do: ${remedy}`].map(printable).join('; '));
  switch (verdict) {
    case 'kept':
      return `${open}/>`;
    case 'broken':
      return `${open}><failure message="${escaped(evidence[0] ?? promise)}">${text}</failure></testcase>`;
    case 'not checked':
      return `${open}><skipped message="${escaped(evidence[0] ?? promise)}"/></testcase>`;
  }
}

function escaped(text: string): string {
  return (
    printable(text)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // Other parts of Unicode are no characters of XML 1.0.
      .replaceAll(/[^\t\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?')
  );
}
