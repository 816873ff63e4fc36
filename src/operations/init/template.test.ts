import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { platformTemplate } from './platformTemplate.ts';
import { homeTemplate } from './template.ts';

const templates = [homeTemplate, platformTemplate];

it.each(['1234567890123456', '12345678901234e5', '0001110000000000'])(
  'what is made stays a text where its digits look like a number: %s',
  (digits) => {
    for (const template of templates) {
      const { cluster, privateFile } = template(
        {},
        { recipient: 'age1x', sentinel: digits, hashKey: digits },
      );
      expect(parse(cluster).immich.library.sentinel).toBe(digits);
      expect(parse(privateFile).secrets.hashKey).toBe(digits);
    }
  },
);
