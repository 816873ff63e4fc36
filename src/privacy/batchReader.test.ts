import { expect, test } from 'vitest';
import fc from '../../tests/fastCheck.ts';
import { idOf, nameOf } from './batch.ts';
import { batchReader, batchSize } from './batchReader.ts';

interface Sample {
  type: 'blob' | 'commit' | 'tag' | 'missing';
  name: string;
  content: Uint8Array;
}

const id = (index: number): string => index.toString(16).padStart(40, '0');

/** The output of `git cat-file --batch`. */
const answer = (samples: readonly Sample[]): Buffer =>
  Buffer.concat(
    samples.flatMap(({ type, name, content }, index) =>
      type === 'missing'
        ? [Buffer.from(`?${id(index)} missing\n`)]
        : [Buffer.from(`${id(index)} ${type} ${content.length} ${name}\n`), content, Buffer.from('\n')],
    ),
  );

function read(bytes: Buffer, limit: number, pieces: readonly number[], except = 'none') {
  const told: string[] = [];
  let missing = 0;
  const idle: ArrayBuffer[] = [];
  const reader = batchReader(limit, {
    wants: (item, line) => nameOf(line, item) !== except,
    missing: () => missing++,
    freeBuffer: () => idle.pop(),
    send({ buffer, items, first }) {
      expect(first).toBe(told.length);
      const held = Buffer.from(buffer);
      for (const item of items) {
        const content = held.toString('latin1', item.content, item.end);
        told.push(JSON.stringify([item.kind, idOf(held, item), nameOf(held, item), content]));
      }
      held.fill(0xff);
      if (buffer.byteLength === batchSize) idle.push(buffer);
    },
  });
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const end = at + (pieces[i % pieces.length] ?? 1);
    reader.take(bytes.subarray(at, end));
    at = end;
  }
  reader.finish();
  return { told, missing };
}

const expected = (samples: readonly Sample[], limit: number, except = 'none') =>
  samples.flatMap(({ type, name, content }, index) =>
    type === 'missing' || name === except
      ? []
      : [
          JSON.stringify([
            type,
            id(index),
            name || (type === 'blob' ? id(index) : ''),
            Buffer.from(content.subarray(0, limit)).toString('latin1'),
          ]),
        ],
  );

const sample = fc.record({
  type: fc.constantFrom('blob', 'commit', 'tag', 'missing'),
  name: fc.constantFrom('', 'a.yaml', 'with blank/ü.yaml', 'left out'),
  content: fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.constant(new TextEncoder().encode(`${id(1)} blob 3 x\nabc\n`)),
    fc.integer({ min: batchSize - 100, max: 3 * batchSize }).map((size) => new Uint8Array(size).fill(0x0a)),
  ),
});

test('returns every object unchanged, wherever the pipe splits the output', () => {
  const pieces = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 });
  const limits = fc.constantFrom(0, 50, batchSize, 16 * 2 ** 20);
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 12 }), pieces, limits, (samples, cuts, limit) => {
      const small = cuts.map((each) =>
        samples.some(({ content }) => content.length > 300) ? each + 500 : each,
      );
      const { told, missing } = read(answer(samples), limit, small, 'left out');
      expect(told).toEqual(expected(samples, limit, 'left out'));
      expect(missing).toBe(samples.filter(({ type }) => type === 'missing').length);
    }),
    { numRuns: 60 },
  );
});

test('reads a clone without any blob', () => {
  const samples = Array.from(
    { length: 50_000 },
    (): Sample => ({ type: 'missing', name: '', content: new Uint8Array() }),
  );
  expect(read(answer(samples), 100, [65_536])).toEqual({ told: [], missing: 50_000 });
});

test('drops a truncated object', () => {
  const whole = answer([{ type: 'blob', name: 'a', content: new Uint8Array(100) }]);
  expect(read(whole.subarray(0, 90), 1000, [64]).told).toEqual([]);
});
