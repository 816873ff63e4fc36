import { expect, it } from 'vitest';
import { signedByHeader, signedByQuery } from './signature.ts';

/** The example of Amazon's documentation, "Signature Calculations for the Authorization Header", list objects. */
const example = {
  host: 'examplebucket.s3.amazonaws.com',
  path: '/',
  query: [
    ['prefix', 'J'],
    ['max-keys', '2'],
  ],
  key: { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
  region: 'us-east-1',
  at: new Date('2013-05-24T00:00:00Z'),
} as const;

it('signs as the documentation of Amazon does', () => {
  const { query, headers } = signedByHeader(example);
  expect(query).toBe('max-keys=2&prefix=J');
  expect(headers['authorization']).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  );
});

it('puts what it signs into the query, in order and escaped', () => {
  const query = signedByQuery({ ...example, query: [['prefix', "a b/*'"]] });
  expect(query).toMatch(
    /^X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&prefix=a%20b%2F%2A%27&X-Amz-Signature=[0-9a-f]{64}$/,
  );
  expect(query).not.toContain('EXAMPLEKEY');
});

it('signs another host, path or key otherwise', () => {
  const others = [
    { host: 'other' },
    { path: '/bucket' },
    { region: 'auto' },
    { key: { ...example.key, secretKey: 'x' } },
    { at: new Date('2013-05-24T00:00:01Z') },
  ];
  const signatures = [{}, ...others].map((change) => signedByQuery({ ...example, ...change }).slice(-64));
  expect(new Set(signatures).size).toBe(signatures.length);
});
