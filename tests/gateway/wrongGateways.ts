import { expect } from 'vitest';
import { codes } from '../../src/problems/codes.ts';
import { snapshot } from '../../src/repository/testTree.ts';
import { home } from '../home.ts';
import { gatehouse } from '../program.ts';
import type { ConfigData, TestDirectory } from '../testDirectory.ts';

interface Refusal {
  code: string;
  message: string;
  expected: string;
  remedy?: string;
  file?: string;
  at?: { line: number };
}

/** The backend of a route, as text of cluster.yaml. */
export const backend = `
    backend:
      namespace: home-automation
      service: pages
      port: 80
      targetPort: 8080
      pods:
        labels:
          app: pages`;
/** A route of HTTP up to its origins. */
export const http = `
  pages:
    protocol: http
    clients: browser${backend}`;
/** A route of TCP up to its origins. */
export const raw = `
  pages:
    protocol: tcp
    gatewayPort: 1883${backend}`;

/** What a person writes wrong in the platform example, and what the program says of it. */
export interface WrongGateway {
  /** Text at the end of cluster.yaml; the line with the problem ends with \`# here\`. */
  text?: string;
  /** What stands in cluster.yaml, and what instead; the line with the problem ends with \`# here\`. */
  instead?: [was: string, is: string];
  private?: (value: ConfigData) => void;
  code: string;
  message: RegExp;
  expected: RegExp;
  remedy: RegExp;
  /** Where the problem is in the private values. */
  privateLine?: string;
}

/** The host of the route `pages`, in the private values. */
export const named = (host: string) => (value: ConfigData) => {
  value.routes = { pages: { host } };
};
/** The host of the route `pages`, as it should be. */
export const atPages = named('pages.example.org');

/** Configures the platform with what is wrong: the problem has its place and its remedy, and nothing is written. */
export async function expectRefused(wrong: WrongGateway): Promise<void> {
  const directory = home('platform');
  const [was, is] = wrong.instead ?? ['', ''];
  const text = directory.read('cluster.yaml');
  expect(text).toContain(was);
  directory.write('cluster.yaml', `${text.replace(was, is)}\n${wrong.text ?? ''}`);
  if (wrong.private) directory.edit('cluster.private.yaml', wrong.private);
  const { privateLine } = wrong;
  const place =
    privateLine === undefined
      ? placeIn(directory, 'cluster.yaml', (line) => line.endsWith('# here'))
      : placeIn(directory, 'cluster.private.yaml', (line) => line === privateLine);
  const before = snapshot(directory.path);
  const ran = await gatehouse(directory, 'configure', '--json');
  expect(snapshot(directory.path)).toEqual(before);
  const { ok, problems } = JSON.parse(ran.stdout) as { ok: boolean; problems: Refusal[] };
  expect(ok).toBe(false);
  for (const { code } of problems) expect(Object.keys(codes)).toContain(code);
  const found = problems.filter(({ code, message }) => code === wrong.code && wrong.message.test(message));
  expect(found, JSON.stringify(problems)).not.toEqual([]);
  for (const { expected, remedy = '', file, at } of found) {
    expect({ file, line: at?.line }).toEqual(place);
    expect(expected).toMatch(wrong.expected);
    expect(remedy).toMatch(wrong.remedy);
  }
  // Hosts are private, also where they are wrong.
  expect(ran.stdout).not.toMatch(/(?:pages|token|lan)\.example\.|home\.example\.org|192\.(?:0\.2|168)\./);
}

function placeIn(directory: TestDirectory, file: string, isThere: (line: string) => boolean) {
  return { file, line: directory.read(file).split('\n').findLastIndex(isThere) + 1 };
}
