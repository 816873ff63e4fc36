import type { ComponentState, ComponentStatus } from '../operations/status/components.ts';
import type { Style } from './style.ts';

/** The components that are on with how far they have come, one a line, and the names of the others. */
export function componentTable(components: readonly ComponentStatus[], style: Style): string {
  const on = components.filter(({ state }) => state !== 'not enabled');
  const off = components.filter(({ state }) => state === 'not enabled').map(({ name }) => name);
  const names = widest(on.map(({ name }) => name));
  const states = widest(on.map(({ state }) => state));
  const rows = on.map((each) => {
    const { name, state } = each;
    const mark = marks[state](style);
    const detail = detailOf(each);
    const row = `  ${name.padEnd(names)}  ${mark(state)}`;
    return detail === '' ? row : `${row}${' '.repeat(states - state.length)}  ${detail}`;
  });
  const others = off.length === 0 ? [] : [`  not enabled: ${off.join(', ')}`];
  return [style.strong('Components'), '', ...rows, ...others].join('\n');
}

const good = (style: Style) => style.good;
const bad = (style: Style) => style.bad;
const unsure = (style: Style) => style.unsure;
const faint = (style: Style) => style.faint;

const marks: Record<ComponentState, (style: Style) => (text: string) => string> = {
  broken: bad,
  'not enabled': faint,
  'not known': unsure,
  'configuration missing': unsure,
  'not written': unsure,
  'written, not pushed': unsure,
  'pushed, not applied': unsure,
  'pushed, not verified': unsure,
  'applied, not verified': unsure,
  'verified before': unsure,
  verified: good,
  'nothing to apply': faint,
};

function detailOf({ state, because, command, verified, promises = [] }: ComponentStatus): string {
  if (state === 'verified' || state === 'verified before') {
    const when = verified === undefined ? '' : `${moment(verified.at)} at ${verified.commit.slice(0, 7)}`;
    const old = verified?.old === undefined ? '' : `, ${verified.old}`;
    const count = promises.length === 1 ? '1 promise' : `${promises.length} promises`;
    return `${count}, ${when}${old}`;
  }
  return `${because ?? ''}${command === undefined ? '' : ` (${command})`}`;
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}

/** A time to the minute: `2026-03-01 10:00 UTC`. What is no time stays as it is. */
export function moment(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? at : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
