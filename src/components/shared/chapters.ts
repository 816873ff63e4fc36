import { type Private, reference } from '../../config/private.ts';
import type { Chapter } from '../contract/documents.ts';

/** The phase of the quickstart in which the user sets up accounts, names and tokens at Cloudflare. */
export const cloudflarePhase: Chapter = { id: 'cloudflare', title: 'Cloudflare', order: 300 };

/** The phase of the quickstart in which the user prepares what holds data. */
export const storagePhase: Chapter = { id: 'storage', title: 'Storage', order: 200 };

/** The phase of the quickstart in which names are written into the resolver of the home network. */
export const dnsPhase: Chapter = { id: 'dns', title: 'DNS at home', order: 600 };

/** The title of the notes about logs. Each component adds its own logs to the one chapter. */
export const loggingNote = 'Logging/audit expectations';

/** The title of the notes that say where each name leads, by from where it is asked. */
export const leadsNote = 'Where each name leads';

/** The path from the internet to an app, in the troubleshooting page. */
export const outsidePath: Chapter = {
  id: 'outside',
  title: 'The outside path',
  order: 100,
  intro:
    'Go through it from the front: the first hop that does not answer as it should is the one to fix. Run the first two from outside the home network, on mobile data or with a VPN to elsewhere.',
};

/** The path from the home network to an app, in the troubleshooting page. */
export const insidePath: Chapter = {
  id: 'inside',
  title: 'The inside path',
  order: 200,
  intro:
    'Cloudflare has no part in it, so it is also the way to go while Cloudflare is down. Run it from the home network or the VPN.',
};

/** The order of the hops on {@link outsidePath}. */
export const outsideHops = { name: 10, access: 20, tunnel: 30, originProxy: 40, app: 50 } as const;

/** The title of what the documents contain once per host. It names the host only if there are several. */
export function hostTitle(title: string, { host }: { host: Private }, all: readonly unknown[]): string {
  return all.length > 1 ? `${title} (\`${reference(host)}\`)` : title;
}

/** What goes wrong between Git and the cluster, in the troubleshooting page. */
export const fluxChapter: Chapter = {
  id: 'flux',
  title: 'Flux',
  order: 900,
  intro:
    '`flux get all -A --status-selector ready=false` shows what is not as it should be, with a reason and a message. Look for the message below.',
};

/** A prerequisite of what writes records into a zone. */
export const cloudflareDomain = 'a domain whose DNS is at Cloudflare';
