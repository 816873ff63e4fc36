import { describe, expect, test } from 'vitest';
import { howManyClusters, type Room } from './howMany.ts';

const gibibytes = 1024 ** 3;
const plenty: Room = { processors: 8, memory: 64 * gibibytes, disk: 500 * gibibytes };

describe('the number of clusters of a run', () => {
  test.each<[string, Partial<Room>, number]>([
    ['plenty of everything', {}, 2],
    [
      'two cores, 6 GiB of memory and of disk',
      { processors: 2, memory: 6 * gibibytes, disk: 6 * gibibytes },
      2,
    ],
    ['one core', { processors: 1 }, 1],
    ['less than 6 GiB of memory', { memory: 5.9 * gibibytes }, 1],
    ['less than 6 GiB of disk', { disk: 5.9 * gibibytes }, 1],
    ['less than one cluster needs', { memory: gibibytes, disk: 0 }, 1],
  ])('with %s', (_, room, number) => {
    expect(howManyClusters({ ...plenty, ...room }, '')).toBe(number);
  });

  test('is what the user wants', () => {
    expect(howManyClusters(plenty, '1')).toBe(1);
    expect(howManyClusters({ ...plenty, memory: gibibytes }, '3')).toBe(3);
  });

  test.each(['0', 'two', '-1', '1.5', ' ', '10'])('is not %j', (wanted) => {
    expect(() => howManyClusters(plenty, wanted)).toThrow('GATEHOUSE_PODS_CLUSTERS is');
  });
});
