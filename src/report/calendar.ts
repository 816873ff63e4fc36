import type { CheckResult } from '../live/check.ts';
import type { Style } from './style.ts';

/** A result of the calendar. */
type Ending = CheckResult & { ends: NonNullable<CheckResult['ends']> };

/** Everything that ends, the next first. */
function endingIn(results: readonly CheckResult[]): readonly Ending[] {
  return results
    .flatMap((result) => (result.ends === undefined ? [] : { ...result, ends: result.ends }))
    .toSorted((one, other) => one.ends.at.localeCompare(other.ends.at));
}

function daysLeft({ ends, at }: Ending): number {
  return Math.floor((Date.parse(ends.at) - Date.parse(at)) / 86_400_000);
}

/** Of what ends in less than so many days, the calendar says how it is renewed. */
const soon = 30;

/** The table of everything that ends: the next first, and how it is renewed where that is soon. */
export function renderCalendar(results: readonly CheckResult[], style: Style): readonly string[] {
  const rows = endingIn(results).map((result) => {
    const days = daysLeft(result);
    const left = (days < 0 ? 'over' : `${days} days`).padStart(9);
    const mark = result.verdict !== 'kept' ? style.bad : days < soon ? style.unsure : style.faint;
    const row = `  ${result.ends.at.slice(0, 10)} ${mark(left)}  ${result.ends.what}`;
    return days < soon ? `${row}\n      do     ${result.remedy}` : row;
  });
  return rows.length === 0 ? [] : [`${style.strong('What ends')}\n\n${rows.join('\n')}`];
}

/** The same for programs. */
export function calendarDocument(results: readonly CheckResult[]): unknown {
  return endingIn(results).map((result) => {
    const { id, ends, verdict, remedy } = result;
    return { ...ends, days: daysLeft(result), id, verdict, remedy };
  });
}
