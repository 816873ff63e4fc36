import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { lateFlag } from './lateOptimisation.ts';

describe('lateFlag', () => {
  it('names a flag that the running Node accepts', () => {
    const flag = lateFlag(process.versions.node);
    const { status, stderr } = spawnSync(process.execPath, [...(flag ? [flag] : []), '-e', '0'], {
      encoding: 'utf8',
    });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it.each([
    ['20.19.0', '--interrupt-budget=500000'],
    ['22.23.0', '--invocation-count-for-turbofan=30000'],
  ])('changes Node %s', (node, flag) => {
    expect(lateFlag(node)).toBe(flag);
  });

  it.each(['18.20.0', '21.0.0', '23.1.0', '24.4.1', '26.0.0', '2.2.0', '200.0.0', ''])(
    'leaves Node %s as it is',
    (node) => {
      expect(lateFlag(node)).toBeUndefined();
    },
  );
});
