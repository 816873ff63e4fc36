import type { Effect } from '../model/unmodelled.ts';
import type { Reader } from './kind.ts';
import { readingOf } from './registry.ts';

const everything: readonly Effect[] = ['pods', 'hostPorts', 'services', 'routes', 'policies'];

/** What an object may bring of which only the kind is known, by the part of the model that would read it. */
const ofReaders: Readonly<Record<Reader, readonly Effect[]>> = {
  controllers: everything,
  enforcement: ['enforcement'],
  flux: everything,
  resourceSets: everything,
  gateways: ['routes', 'services'],
  ingresses: ['routes'],
  namespaces: ['policies'],
  policies: ['policies'],
  secrets: ['secrets'],
  services: ['services'],
  configuration: [],
  workloads: ['pods', 'hostPorts'],
};

/** What an object of a kind may bring if its fields are not known. */
export function effectsOfKind(apiVersion: string | undefined, kind: string | undefined): readonly Effect[] {
  if (apiVersion === undefined || kind === undefined || /<<|[$]\{|\{\{/.test(apiVersion + kind))
    return everything;
  const slash = apiVersion.indexOf('/');
  const reading = readingOf(slash < 0 ? '' : apiVersion.slice(0, slash), kind);
  switch (reading?.state) {
    case undefined:
      return [...everything, 'secrets'];
    case 'harmless':
      return [];
    case 'leads-in':
      return ['routes'];
    case 'unread':
      return reading.effects;
    case 'modelled':
      return ofReaders[reading.by];
  }
}
