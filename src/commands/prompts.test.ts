import { PassThrough } from 'node:stream';
import { confirm, isCancel, password, select, text } from '@clack/prompts';
import { expect, test } from 'vitest';
import { asked, type PromptPlace } from './prompts.ts';

const prompts: Record<string, (place: PromptPlace) => Promise<unknown>> = {
  confirm: (place) => confirm({ ...place, message: 'Sure?', initialValue: false }),
  password: (place) => password({ ...place, message: 'Value:' }),
  select: (place) => select({ ...place, message: 'Which?', options: [{ value: 'a' }, { value: 'b' }] }),
  text: (place) => text({ ...place, message: 'Name?' }),
};

/** What a prompt returns to these keys, and what it printed. */
async function pressed(name: string, ...keys: string[]): Promise<{ answer: unknown; printed: string }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let printed = '';
  output.on('data', (data) => {
    printed += data;
  });
  const answer = asked((place) => (prompts[name] as (typeof prompts)[string])(place), { input, output });
  for (const key of keys) input.write(key);
  return { answer: await answer, printed };
}

const hide = '\u001b[?25l';
const show = '\u001b[?25h';

test.each(Object.keys(prompts))(
  '%s ends at Ctrl-C, at Ctrl-D and with its input, and shows the cursor again',
  async (name) => {
    for (const key of ['\u0003', '\u0004']) {
      const { answer, printed } = await pressed(name, key);
      expect(isCancel(answer)).toBe(true);
      expect(printed).toContain(hide);
      expect(printed.lastIndexOf(show)).toBeGreaterThan(printed.lastIndexOf(hide));
    }
    const input = new PassThrough();
    const output = new PassThrough().resume();
    const answer = asked((place) => (prompts[name] as (typeof prompts)[string])(place), { input, output });
    input.end();
    expect(isCancel(await answer)).toBe(true);
  },
);

test.each([
  ['confirm', ['y'], true],
  ['confirm', ['n'], false],
  ['confirm', ['\r'], false],
  ['confirm', ['x'.repeat(400), '\r'], false],
  ['password', ['a value', '\r'], 'a value'],
  ['select', ['\r'], 'a'],
  ['text', ['x'.repeat(400), '\r'], 'x'.repeat(400)],
  // Within a text, Ctrl-D deletes the next character and ends nothing.
  ['text', ['ab', '\u0004', 'c', '\r'], 'abc'],
])('%s answers %#', async (name, keys, expected) => {
  expect((await pressed(name, ...keys)).answer).toBe(expected);
});
