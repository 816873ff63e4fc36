import { describe, expect, test } from 'vitest';
import fc from '../../tests/fastCheck.ts';
import { dataKey, dnsLabel, dnsSubdomain, labelKey, labelValue, portName, serviceName } from './names.ts';

const rules = { dnsLabel, dnsSubdomain, serviceName, portName, dataKey, labelKey, labelValue };

/** By rule: names that hold, names that do not. The edges are those of upstream's own tests. */
const cases: Record<keyof typeof rules, [string[], string[]]> = {
  dnsLabel: [
    ['a', '0', 'a-b', 'a--b', '0-9', 'a'.repeat(63)],
    ['', 'A', 'a-', '-a', 'a.b', 'a_b', ' a', 'a\n', 'ä', 'a'.repeat(64)],
  ],
  dnsSubdomain: [
    ['a', '0.1', 'a.b-c.d', `${'a.'.repeat(126)}a`],
    ['', '.', 'a.', '.a', 'a..b', 'a.-b', 'A.b', 'a_b', 'a\n', `${'a.'.repeat(126)}ab`],
  ],
  serviceName: [
    ['a', 'a0', 'a-b', 'a'.repeat(63)],
    ['', '0a', '-a', 'a-', 'a.b', 'A', 'a'.repeat(64)],
  ],
  portName: [
    ['http', 'a', '1a', 'a-b-c', 'http-metrics-15'],
    ['', '80', 'a--b', '-a', 'a-', 'HTTP', 'a_b', 'http-metrics-016'],
  ],
  dataKey: [
    ['a', 'A.b_c-D', '.a', '-', '_', 'a..b', 'a'.repeat(253)],
    ['', '.', '..', '..a', 'a/b', 'a b', 'a\n', 'a'.repeat(254)],
  ],
  labelKey: [
    ['a', 'A', 'a.b', 'app.kubernetes.io/name', 'a/b', `${'a'.repeat(63)}`, '1/2'],
    ['', '/', 'a/', '/a', 'a/b/c', 'A.b/c', '-a', 'a-', 'a b', 'a'.repeat(64), 'a_b/c'],
  ],
  labelValue: [
    ['', 'a', 'A.b_c-D', '1', 'a'.repeat(63)],
    ['-a', 'a.', 'a b', 'a/b', 'a\n', 'a'.repeat(64)],
  ],
};

describe.each(Object.entries(rules))('%s', (name, rule) => {
  const [valid, invalid] = Object.entries(cases).find(([key]) => key === name)?.[1] ?? [[], []];
  test.each(valid)('%j holds', (value) => {
    expect(rule.holds(value)).toBe(true);
  });
  test.each(invalid)('%j does not', (value) => {
    expect(rule.holds(value)).toBe(false);
  });
});

test('every Service name is a DNS label, and every DNS label is a subdomain and a label value', () => {
  const name = fc.stringMatching(/^[-a-z0-9.]{0,70}$/);
  fc.assert(
    fc.property(name, (value) => {
      if (serviceName.holds(value)) expect(dnsLabel.holds(value)).toBe(true);
      if (dnsLabel.holds(value)) expect(dnsSubdomain.holds(value) && labelValue.holds(value)).toBe(true);
    }),
  );
});
