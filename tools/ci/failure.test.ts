import { describe, expect, it } from 'vitest';
import { failureText } from './failure.ts';

/** The error that Vitest would report. */
function failing(assertion: () => void): Error & { diff?: string } {
  try {
    assertion();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing failed');
}

describe('a failure', () => {
  it('says what it is, where in this project, and what was expected and received', () => {
    const text = failureText({
      message: '\u001b[31mexpected { …(3) } to deeply equal { …(3) }\u001b[39m',
      stack: `AssertionError: expected
    at Proxy.<anonymous> (file:///project/node_modules/@vitest/expect/dist/index.js:1283:10)
    at Object.without (/project/tests/lostReader.ts:49:55)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
    at /project/tests/fluxBackups.test.ts:205:5`,
      diff: '- Expected\n+ Received\n\n  {\n    "code": false,\n    "name": "a",\n\u001b[32m-   "screen": "x",\u001b[39m\n+   "screen": "y",\n    "last": 1,\n  }',
    });
    expect(text).toBe(`expected { …(3) } to deeply equal { …(3) }
at Object.without (/project/tests/lostReader.ts:49:55)
at /project/tests/fluxBackups.test.ts:205:5
- Expected
+ Received
  {
  …
    "name": "a",
-   "screen": "x",
+   "screen": "y",
    "last": 1,`);
  });

  it('names its cause', () => {
    expect(failureText(new Error('fetch failed', { cause: new Error('connect ECONNREFUSED') }))).toMatch(
      /^fetch failed\nbecause: connect ECONNREFUSED\nat /,
    );
  });

  it('keeps the ends of a long message', () => {
    const text = failureText({ message: `begin ${'x'.repeat(10_000)} end` });
    expect(text.length).toBeLessThan(800);
    expect(text).toMatch(/^begin x+ … x+ end$/);
  });

  it('shows in its message what was found', () => {
    const found = 'a text of more than forty characters, as chai would cut it by itself';
    expect(failureText(failing(() => expect(found).toContain('none')))).toContain(found);
  });
});
