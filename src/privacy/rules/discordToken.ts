import { looksRandom } from './placeholder.ts';
import type { TokenRule } from './rule.ts';
import { shapeRule } from './shape.ts';

/** The characters that three decimal digits have in base64, one set for each place. */
const [first, second, third, fourth] = ['[MNO]', '[DTjz]', '[AEIMQUYcgk]', '[wxyz012345]'];
const group = `${first}${second}${third}${fourth}`;

/** The number of an account in base64. It has 17 to 19 digits, the first of which is no zero. */
const account = `(?:(?:${group}){5}${first}${second}${third}|(?:${group}){6}(?:${first}[AQgw])?)`;
const beginnings = Array.from({ length: 900 }, (_, index) =>
  Buffer.from(String(index + 100)).toString('base64'),
);
/** The lengths of the numbers in base64: the place of the first dot. */
const lengths = [23, 24, 26];
const dot = 0x2e;

/**
 * The token of a Discord bot: the number of its account, the time at which it was made, and a signature
 * (nostrum 0.10.4, `Nostrum.Token`; the signature has 27 characters in older tokens, 38 in newer ones).
 */
export const discordToken: TokenRule = {
  ...shapeRule('service-token', 'the token of a Discord bot', beginnings, {
    pattern: new RegExp(String.raw`${account}\.[\w-]{6}\.(?:[\w-]{38}|[\w-]{27})(?![\w-])`, 'y'),
    holds: (token) => looksRandom(token.slice(token.lastIndexOf('.')), 10),
  }),
  mayMatch: (bytes, at) => lengths.some((length) => bytes[at + length] === dot),
};
