import type { Component } from '../../../components/contract/component.ts';
import { capitalized } from '../../../components/shared/sentences.ts';
import { futureConsiderations, oidcAuthentication } from './considerations.ts';
import type { ItemStatus, Level, RemainingItem } from './items.ts';
import { itemText } from './itemText.ts';
import { effort, inline, link, numbered, table } from './markdown.ts';
import { logHeading, notesBegin, notesEnd } from './previous.ts';

/** What the text of the document is made from. */
export interface Content {
  version: string;
  date: string;
  items: readonly RemainingItem[];
  catalogue: readonly Component[];
  /** The components that are on. */
  on: readonly string[];
  /** The documents of the repository by their path, each with its title. */
  documents: ReadonlyMap<string, string>;
  isPrivate: (field: string) => boolean;
  /** Whether the configuration is complete, so that everything that is left is known. */
  compiles: boolean;
  notes: string;
  log: readonly string[];
}

/** The document without its mark. */
export function body(content: Content): string {
  const { items, catalogue, on, documents, notes, log } = content;
  const chapters = [
    heading(content),
    `## Executive Summary

This document tracks **remaining work only**. \`gatehouse status --write\` keeps it, and writes over all but the rows of the
log and the text between these two lines:

${notesBegin}
${notes === '' ? '' : `${notes}\n`}${notesEnd}

### Quick Status

${quickStatus(items)}`,
    `## Remaining Work\n\n${remainingWork(content)}`,
    `## Priority Order\n\n${priorityOrder(items)}`,
    `## Future Considerations

These are optional, and nothing waits for them:

${futureConsiderations(catalogue, on, documents)}

### OIDC Authentication Options (When Provider Available)

There are three approaches to OIDC authentication at a gateway:

${oidcAuthentication(catalogue)}`,
    `${logHeading}\n\n| Date | Version | Changes |\n| ---- | ------- | ------- |\n${log.join('\n')}`,
  ];
  return `${chapters.join('\n\n---\n\n')}\n`;
}

function heading({ version, date, documents }: Content): string {
  const sources = ['docs/README.md', 'docs/decisions.md'].filter((path) => documents.has(path));
  const guides = [...documents.keys()].filter((path) => !sources.includes(path));
  const guide = (path: string) =>
    link(path, documents).replace(/^\[[^\]]*\]/, `[${documents.get(path) ?? path}]`);
  return [
    '# Remaining Implementation Assessment\n',
    `> **Document Version:** ${version}`,
    `> **Assessment Date:** ${date}`,
    '> **Status:** Living Document',
    '> **Sources:**',
    '> - `cluster.yaml`',
    ...sources.map((path) => `> - ${link(path, documents)}`),
    '>',
    '> **Implementation Guides:**',
    ...(guides.length === 0
      ? ['> - None yet: `gatehouse configure` writes them']
      : guides.map((path) => `> - ${inline(guide(path))}`)),
  ].join('\n');
}

const categories: readonly [ItemStatus, string][] = [
  ['PROMISE BROKEN', 'Promises Broken'],
  ['CONFIG INCOMPLETE', 'Config Needed'],
  ['DEPLOYMENT PENDING', 'Deployment Pending'],
  ['DEPLOYMENT VERIFICATION PENDING', 'Verification Pending'],
  ['STATE UNKNOWN', 'State Unknown'],
  ['OPTIONAL', 'Optional'],
];

function quickStatus(items: readonly RemainingItem[]): string {
  const rows = categories.flatMap(([status, category]) => {
    const those = items.filter((item) => item.status === status);
    if (those.length === 0) return [];
    return [[category, those.map(({ title, minutes }) => `${title} (${effort(minutes)})`).join(', ')]];
  });
  return table(['Category', 'Remaining Items'], rows.length === 0 ? [['None', 'Nothing is left']] : rows);
}

function remainingWork({ items, documents, isPrivate, compiles }: Content): string {
  if (items.length === 0) return 'Nothing is left.';
  const others = compiles
    ? []
    : ['What else is left is not known: the configuration does not compile until these values are set.'];
  return [...others, listed(items, { documents, isPrivate })].join('\n\n');
}

function listed(items: readonly RemainingItem[], around: Pick<Content, 'documents' | 'isPrivate'>): string {
  return items.map((item, index) => itemText(item, index + 1, around)).join('\n\n---\n\n');
}

const priorities: readonly [Level, string][] = [
  ['high', 'High Priority (Operations & Disaster Recovery)'],
  ['medium', 'Medium Priority'],
  ['low', 'Low Priority (When OIDC Provider Available)'],
];

function priorityOrder(items: readonly RemainingItem[]): string {
  return priorities
    .map(([level, title]) => {
      const those = items.filter((item) => item.level === level);
      const list = those.map((item) => `**${item.title}** (${effort(item.minutes)}) - ${reasonOf(item)}`);
      return `### ${title}\n\n${list.length === 0 ? 'Nothing.' : numbered(list)}`;
    })
    .join('\n\n');
}

const reasons: Readonly<Record<RemainingItem['area'], string>> = {
  recovery: 'Essential for disaster recovery',
  operations: 'Keeps the cluster in order',
  access: 'Guards the way in',
  app: 'What people use',
};

function reasonOf({ status, area, level, entries }: RemainingItem): string {
  if (status === 'PROMISE BROKEN') return 'A promise is broken now';
  if (level === 'low') return `May stay as it is: ${entries.map(({ missing }) => missing).join('; ')}`;
  return capitalized(reasons[area]);
}
