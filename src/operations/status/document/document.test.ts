import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Component } from '../../../components/contract/component.ts';
import type { CheckResult } from '../../../live/check.ts';
import type { ComponentState, ComponentStatus } from '../components.ts';
import type { StatusItem } from '../item.ts';
import { isAsWritten, type Remaining, remainingWork, type Sources } from './document.ts';

const component = (
  name: string,
  title: string,
  area: NonNullable<Component['listing']>['area'],
): Component => ({
  name,
  section: name,
  summary: `What ${name} is.`,
  listing: { title, area, guide: `docs/${name}.md` },
  schema: z.unknown(),
  build: () => ({ manifests: [] }),
});

const catalogue = [
  component('photos', 'Photos', 'app'),
  component('tunnel', 'Tunnel', 'access'),
  component('backups', 'Backups (PVC)', 'recovery'),
  component('upgrades', 'Upgrades', 'operations'),
];

const token: StatusItem = {
  id: 'tunnel-token',
  missing: 'the token of the tunnel',
  source: 'the <dashboard> | of the provider, `gatehouse <x>`',
  minutes: 10,
  priority: 'high',
  field: 'tunnel.token',
  component: 'tunnel',
};

const result: CheckResult = {
  id: 'photos-closed',
  promise: 'The door of photos is closed',
  component: 'photos',
  remedy: 'Close the door',
  verdict: 'broken',
  evidence: ['NodePort 30099 of 192.0.2.7 answers'],
  at: '2026-03-01T10:00:00Z',
};

function sources(
  states: Readonly<Record<string, ComponentState>>,
  change: Partial<Sources> & { promises?: readonly CheckResult[] } = {},
): Sources {
  const { promises, ...rest } = change;
  const components = catalogue.map(({ name }): ComponentStatus => {
    const own = promises?.filter((each) => each.component === name) ?? [];
    return { name, state: states[name] ?? 'verified', ...(own.length > 0 ? { promises: own } : {}) };
  });
  return {
    catalogue,
    components,
    left: [],
    plan: { files: [{ path: 'docs/photos.md', content: '# All of photos\n' }], objects: [], checks: [] },
    isPrivate: (field) => field === 'tunnel.token',
    ...rest,
  };
}

const first = remainingWork(sources({ photos: 'written, not pushed' }), undefined, '2026-03-01');

/** Where each of these texts begins, in the order in which they are. */
function inOrder(text: string, ...parts: string[]): void {
  const places = parts.map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((one, other) => one - other));
}

const logOf = ({ text }: Remaining): string[] => text.match(/^\| 2026-.*$/gm) ?? [];

describe('the list of what is left', () => {
  test('begins with version 1.0.0, its day, and a log of one row', () => {
    expect(first).toMatchObject({ version: '1.0.0', changed: true });
    expect(first.text).toContain('> **Document Version:** 1.0.0\n> **Assessment Date:** 2026-03-01\n');
    expect(logOf(first)).toEqual(['| 2026-03-01 | 1.0.0 | Initial assessment |']);
    expect(isAsWritten(first.text)).toBe(true);
  });

  test('stays as it is, with its day, where nothing changed', () => {
    const again = remainingWork(sources({ photos: 'written, not pushed' }), first.text, '2027-01-01');
    expect(again).toEqual({ text: first.text, version: '1.0.0', changed: false });
    const crlf = first.text.replaceAll('\n', '\r\n');
    expect(isAsWritten(crlf)).toBe(true);
    expect(remainingWork(sources({ photos: 'written, not pushed' }), crlf, '2027-01-01').changed).toBe(false);
  });

  test('raises the last digit where only a state changes, the second where work comes or goes, the first where a component does', () => {
    const moved = remainingWork(sources({ photos: 'pushed, not applied' }), first.text, '2026-03-02');
    expect(moved.version).toBe('1.0.1');
    const added = remainingWork(
      sources({ photos: 'pushed, not applied', tunnel: 'configuration missing' }, { left: [token] }),
      moved.text,
      '2026-03-03',
    );
    expect(added.version).toBe('1.1.0');
    const done = remainingWork(sources({}), added.text, '2026-03-04');
    expect(done.version).toBe('1.2.0');
    const off = remainingWork(sources({ backups: 'not enabled' }), done.text, '2026-03-05');
    expect(off.version).toBe('2.0.0');
    expect(logOf(off)).toEqual([
      '| 2026-03-01 | 1.0.0 | Initial assessment |',
      '| 2026-03-02 | 1.0.1 | photos: "written, not pushed" is now "pushed, not applied" |',
      '| 2026-03-03 | 1.1.0 | Added: the token of the tunnel; tunnel: "configuration missing" |',
      '| 2026-03-04 | 1.2.0 | Done: tunnel-token; tunnel: nothing is left; photos: nothing is left |',
      '| 2026-03-05 | 2.0.0 | Turned off: backups |',
    ]);
    expect(off.text).toContain('> **Document Version:** 2.0.0\n> **Assessment Date:** 2026-03-05\n');
    expect(off.text).toMatch(/\| \*\*Backups \(PVC\)\*\* \| `gatehouse explain backups` \|/);
    expect(done.text).not.toContain('gatehouse explain backups');
    expect(done.text).toContain('| None | Nothing is left |');
    expect(done.text).toContain('## Remaining Work\n\nNothing is left.\n');
    const worded = {
      ...sources({ backups: 'not enabled' }),
      catalogue: catalogue.map((each) => ({ ...each, summary: 'Else.' })),
    };
    expect(remainingWork(worded, off.text, '2026-03-06').version).toBe('2.0.1');
  });

  test('keeps the notes and the rows of the log, whatever they say', () => {
    const notes = [
      'Mine, with a `code` and **no** end',
      '## Document Update Log',
      '<!-- your notes: begin -->',
      '',
      '| ---- | ------- | ------- |',
      '| 2020-01-01 | 9.9.9 | not a row |',
      '<!-- gatehouse: {} -->',
    ].join('\n');
    const edited = first.text
      .replace('<!-- your notes: begin -->\n', `<!-- your notes: begin -->\n${notes}\n`)
      .replace('Initial assessment |', 'Begun with a friend |');
    expect(isAsWritten(edited)).toBe(true);
    const same = remainingWork(sources({ photos: 'written, not pushed' }), edited, '2026-04-01');
    expect(same).toEqual({ text: edited, version: '1.0.0', changed: false });
    const next = remainingWork(sources({}), edited, '2026-04-01');
    expect(next.text).toContain(`<!-- your notes: begin -->\n${notes}\n<!-- your notes: end -->`);
    expect(next.text).toContain(
      '| 2026-03-01 | 1.0.0 | Begun with a friend |\n| 2026-04-01 | 1.1.0 | photos: nothing is left |\n',
    );
    expect(remainingWork(sources({}), next.text, '2026-05-01').changed).toBe(false);
  });

  test.each([
    ['a heading', (text: string) => text.replace('## Priority Order', '## Order')],
    ['a step', (text: string) => text.replace('`git push`', '`git push --force`')],
    ['the lines around the notes', (text: string) => text.replace('<!-- your notes: end -->\n', '')],
    ['the last line', (text: string) => text.replace(/<!-- gatehouse.*\n/, '')],
    ['what the last line says', (text: string) => text.replace('"hash":"', '"hash":"0')],
    ['a conflict of a merge', (text: string) => text.replace('> **Status', '<<<<<<< HEAD\n> **Status')],
    ['everything', () => '# A list of mine\n'],
  ])('tells that %s was edited by hand', (_, edit) => {
    const edited = edit(first.text);
    expect(edited).not.toBe(first.text);
    expect(isAsWritten(edited)).toBe(false);
    const taken = remainingWork(sources({}), edited, '2026-04-01');
    expect(isAsWritten(taken.text)).toBe(true);
    expect(logOf(taken).at(-1)).toMatch(/\| Written anew by Gatehouse \|$/);
  });

  test('goes on from the log of a document of another hand, whose version is the highest', () => {
    const theirs = `# Remaining Implementation Assessment

> **Document Version:** 1.7.0

## Document Update Log

| Date | Version | Changes |
| ---- | ------- | ------- |
| 2026-01-06 | 1.0.0 | Initial assessment |
| 2026-01-06 | 1.10.0 | More |
| 2026-01-06 | 1.8.0 | Less |
`;
    const taken = remainingWork(sources({}), theirs, '2026-04-01');
    expect(taken.version).toBe('1.11.0');
    expect(logOf(taken)).toEqual([
      '| 2026-01-06 | 1.0.0 | Initial assessment |',
      '| 2026-01-06 | 1.10.0 | More |',
      '| 2026-01-06 | 1.8.0 | Less |',
      '| 2026-04-01 | 1.11.0 | Written anew by Gatehouse |',
    ]);
  });

  test('lists disaster recovery first, then operations, and broken promises before all', () => {
    const all = sources({
      photos: 'applied, not verified',
      tunnel: 'applied, not verified',
      backups: 'applied, not verified',
      upgrades: 'applied, not verified',
    });
    const { text } = remainingWork(all, undefined, '2026-03-01');
    inOrder(
      text,
      '### 1. Backups (PVC) - DEPLOYMENT VERIFICATION PENDING',
      '### 2. Upgrades - ',
      '### 3. Tunnel - ',
      '### 4. Photos - ',
      '### High Priority (Operations & Disaster Recovery)\n\n1. **Backups (PVC)** (~5 minutes) - Essential for disaster recovery\n2. **Upgrades**',
      '### Medium Priority\n\n1. **Tunnel**',
      '### Low Priority (When OIDC Provider Available)\n\nNothing.',
    );
    const withBroken = {
      ...all,
      components: all.components.map((each) =>
        each.name === 'photos' ? { ...each, state: 'broken' as const, promises: [result] } : each,
      ),
    };
    const broken = remainingWork(withBroken, undefined, '2026-03-01').text;
    inOrder(
      broken,
      '| Promises Broken | Photos (~30 minutes) |',
      '### 1. Photos - PROMISE BROKEN',
      '**Status:** The last verify found this broken: The door of photos is closed.',
      '1. The door of photos is closed: Close the door\n2. Verify with',
      '### 2. Backups (PVC)',
      '1. **Photos** (~30 minutes) - A promise is broken now\n2. **Backups (PVC)**',
    );
    // What was seen may name what nobody should read in a repository.
    expect(broken).not.toContain('192.0.2.7');
  });

  test('names fields by the file that holds them, and steps with their effort, as Markdown that shows all of it', () => {
    const given = sources(
      { tunnel: 'configuration missing' },
      {
        left: [
          token,
          {
            ...token,
            id: 'x',
            field: 'tunnel.kind',
            missing: 'tunnel.kind: which',
            command: 'gatehouse secrets edit',
          },
        ],
      },
    );
    const { text } = remainingWork(given, undefined, '2026-03-01');
    expect(text).toContain('**cluster.yaml variables TO SET:**\n```yaml\n# tunnel.kind:\n```');
    expect(text).toContain('**Private values TO SET:**\n```yaml\n# tunnel.token:\n```');
    expect(text).toContain(
      '1. The token of the tunnel (~10 minutes). From: the &lt;dashboard> | of the provider, `gatehouse <x>`\n2. tunnel.kind: which (~10 minutes)',
    );
    expect(text).toContain(
      '; run `gatehouse secrets edit`\n3. Run `gatehouse configure` (`task configure`)\n4. Commit',
    );
    expect(text).toContain('**Effort:** ~40 minutes');
  });

  test('lists what verify asks, what it could not, and how to look', () => {
    const plan: Sources['plan'] = {
      files: [],
      objects: [
        {
          object: {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            metadata: { name: 'photos', namespace: 'media' },
          },
          file: 'a',
          field: 'photos',
          component: 'photos',
        },
      ],
      checks: [
        {
          id: 'photos-up',
          promise: 'Photos answers',
          question: {
            kind: 'condition',
            of: { apiVersion: 'v1', kind: 'Pod' },
            type: 'Ready',
            status: 'True',
          },
          remedy: 'Look',
          replaces: 'Open the page',
          field: 'photos',
          component: 'photos',
        },
      ],
    };
    const given = sources(
      { photos: 'applied, not verified' },
      { plan, promises: [{ ...result, verdict: 'not checked' }] },
    );
    expect(remainingWork(given, undefined, '2026-03-01').text).toContain(`**Verification Steps:**
1. Run \`gatehouse verify\` (\`task verify\`) where the cluster can be reached
2. See that it holds: Photos answers (in the place of: Open the page)
3. Not checked yet: The door of photos is closed. Close the door
4. See that it is ready: \`kubectl -n media get deployment photos\`
`);
  });

  test('links only what the repository has', () => {
    const { text } = remainingWork(
      sources({ photos: 'not written', tunnel: 'not written' }),
      undefined,
      '2026-03-01',
    );
    expect(text.match(/\]\([^)]*\)/g)).toEqual(['](photos.md)', '](photos.md)']);
    expect(text).toContain('> - [All of photos](photos.md)');
    expect(text).toContain('**Implementation Guide:** `docs/tunnel.md`');
  });

  test('tells what it does not know where the configuration does not compile', () => {
    const states = {
      photos: 'not known',
      tunnel: 'configuration missing',
      backups: 'not known',
      upgrades: 'not enabled',
    } as const;
    const { text } = remainingWork(
      sources(states, { plan: undefined, left: [token] }),
      undefined,
      '2026-03-01',
    );
    expect(text).toContain('What else is left is not known');
    expect(text).toContain('> - None yet: `gatehouse configure` writes them');
    expect(text.match(/^### \d+\..*$/gm)).toEqual(['### 1. Tunnel - CONFIG INCOMPLETE']);
  });

  test('considers what Gatehouse has no component for, until it has one', () => {
    const rowOf = (item: string, text: string) =>
      text.split('\n').find((line) => line.startsWith(`| ${item} |`));
    for (const item of ['Shared bjw-s Repository', 'Merged Gateways'])
      expect(rowOf(item, first.text)).toMatch(/^(?:\| [^|]+ ){4}\|$/);
    expect(rowOf('Merged Gateways', first.text)).toContain('resource optimization');
    const own = [...catalogue, component('merged-gateways', 'Merged Gateways of ours', 'access')];
    const { text } = remainingWork({ ...sources({}), catalogue: own }, undefined, '2026-03-01');
    expect(rowOf('Merged Gateways', text)).toBeUndefined();
    expect(rowOf('Shared bjw-s Repository', text)).toBeDefined();
  });

  test('takes any text for what was before', () => {
    for (const text of [
      '',
      '\0',
      '|'.repeat(1000),
      '<!-- gatehouse: {"format":1} -->',
      '## Document Update Log',
      '> **Document Version:** 99999999999.0.0',
    ]) {
      const taken = remainingWork(sources({}), text, '2026-03-01');
      expect(taken.changed).toBe(true);
      expect(isAsWritten(taken.text)).toBe(true);
      expect(remainingWork(sources({}), taken.text, '2027-03-01').changed).toBe(false);
    }
  });
});
