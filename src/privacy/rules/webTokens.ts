import type { TokenRule } from './rule.ts';
import { shapeRule } from './shape.ts';

const decodeBase64 = (text: string): string => Buffer.from(text, 'base64').toString('latin1');

/** The object that a text is in JSON. */
export function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The token of jwt.io, with claims of one's own or without, is in the documentation of many programs. */
const isSample = (claims: Record<string, unknown>): boolean => claims['sub'] === '1234567890';

/** RFC 7515, section 3.1: two objects in base64url, the first with an algorithm. A mistyped header is a leak too. */
function isSigned(token: string): boolean {
  const [header = '', payload = ''] = token.split('.').map(decodeBase64);
  const claims = jsonOf(payload);
  if (!claims || !/^\{.*"alg"\s*:.*\}$/s.test(header)) return false;
  return jsonOf(header) === undefined || !isSample(claims);
}

/** RFC 7519, section 6: the algorithm is `none`, and nothing is after the last dot. */
function isUnsigned(token: string): boolean {
  const [header = '', payload = ''] = token.split('.').map(decodeBase64);
  const algorithm = jsonOf(header)?.['alg'];
  const claims = jsonOf(payload);
  if (typeof algorithm !== 'string' || algorithm.toLowerCase() !== 'none') return false;
  return claims !== undefined && !isSample(claims);
}

/** JSON Web Tokens, also as base64 once more, as in a Secret: `eyJ` becomes `ZXlK`. */
export const webTokenRules: readonly TokenRule[] = [
  shapeRule('jwt', 'a signed token', ['eyJ'], {
    pattern: /eyJ[\w-]{10,4000}\.eyJ[\w-]{10,4000}\.[\w-]{20,4000}/y,
    holds: isSigned,
  }),
  shapeRule('jwt', 'a token that a service takes without a signature', ['eyJ'], {
    pattern: /eyJ[\w-]{10,4000}\.eyJ[\w-]{10,4000}\.(?![\w-])/y,
    holds: isUnsigned,
  }),
  shapeRule('jwt', 'a signed token', ['ZXlK'], {
    pattern: /ZXlK[A-Za-z0-9+/_-]{40,8000}={0,2}/y,
    holds(text) {
      const [header = '', payload = ''] = decodeBase64(text).split('.');
      return /^\{"[\w#]+":.*\}$/s.test(decodeBase64(header)) && payload.startsWith('eyJ');
    },
  }),
];
