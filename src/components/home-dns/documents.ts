import { reference } from '../../config/private.ts';
import type { BuildContext } from '../contract/component.ts';
import type { ComponentDocuments, Decision, Note, Step, Symptom } from '../contract/documents.ts';
import { dnsPhase, insidePath, leadsNote } from '../shared/chapters.ts';
import { type DnsRecord, recordsOf } from '../shared/dnsNames.ts';
import type { HomeDnsSection } from './section.ts';

/** The chapters of the names at home in the operator documents. */
export function homeDnsDocuments(context: BuildContext<HomeDnsSection>): ComponentDocuments {
  const records = recordsOf(context, context.provided('name'));
  if (records.length === 0) return { decisions: [whoWrites] };
  return {
    prerequisites: ['a resolver in the home network that takes names of your own'],
    tools: ['dig'],
    decisions: [whoWrites],
    steps: [namesStep(records)],
    notes: [leads(records)],
    symptoms: [wrongName],
  };
}

const whoWrites: Decision = {
  title: 'Who writes the names at home',
  decided: 'You do, once for each route from home, in the resolver of the home network.',
  because: `A name that leads to an address of the home network belongs into no public zone: it would tell everybody about your home,
and be of no use to them. Nothing of the cluster may write into the router then, either. One record with a star, for all names
below the domain, would lead those to the Gateway of the home network as well that the internet has: each name gets its own.`,
};

function rowsOf(records: readonly DnsRecord[]): string {
  return records
    .map(({ host, type, target }) => `| \`${reference(host)}\` | ${type} | \`${target}\` |`)
    .join('\n');
}

function namesStep(records: readonly DnsRecord[]): Step {
  return {
    phase: dnsPhase,
    title: 'The names of routes from home',
    minutes: Math.min(10, 1 + records.length),
    body: `In the resolver of the home network, write these records (UniFi: **Settings → Policy Engine → DNS**; Pi-hole: **Local DNS**; AdGuard
Home: **DNS rewrites**), and no record with a star:

| name | type | leads to |
|---|---|---|
${rowsOf(records)}`,
    check: `at home, \`dig +short '${reference(records[0]?.host as DnsRecord['host'])}'\` prints that address and nothing else, and \`gatehouse verify --only home-dns\` asks for each of them.`,
    again: true,
  };
}

/** Where each name leads at home. What it is outside another component says under the same title. */
function leads(records: readonly DnsRecord[]): Note {
  const rows = records.map(
    ({ host, type, target }) => `| \`${reference(host)}\` | home and VPN | \`${target}\` (${type}) |`,
  );
  return { title: leadsNote, body: `| name | asked from | leads to |\n|---|---|---|\n${rows.join('\n')}` };
}

const wrongName: Symptom = {
  chapter: insidePath,
  symptom: 'At home a name leads nowhere, or to Cloudflare',
  causes: [
    {
      cause: 'the record is not in the resolver of the home network',
      look: '`dig +short NAME @ADDRESS`, with the address of the resolver, prints nothing',
      fix: 'the step "The names of routes from home" of the quickstart',
    },
    {
      cause: 'the device asks another resolver',
      look: '`dig +short NAME` differs from `dig +short NAME @ADDRESS`',
      fix: '"private DNS" or "secure DNS" in the settings of the device or the browser, or the resolver that the VPN gives out',
    },
    {
      cause: 'the resolver drops answers with private addresses (rebinding protection)',
      look: 'its log says so, and the record is there',
      fix: 'except the domain from that protection',
    },
  ],
};
