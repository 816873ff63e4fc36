import type { LiveCheck } from '../contract/checks.ts';
import type { BuildContext } from '../contract/component.ts';
import { cloudflareRanges } from '../shared/cloudflare.ts';
import { requesterName, requesterTitle } from '../shared/requesters.ts';
import { defaultBodyLimitBytes } from './nginx.ts';
import { type Route, routesOf } from './routes.ts';
import type { OriginProxySection } from './section.ts';

/** What is asked of each route, from outside and through the tunnel. */
export function routeChecks(context: BuildContext<OriginProxySection>): readonly LiveCheck[] {
  return routesOf(context).flatMap((route) => checksOf(route, context.section));
}

const path = '/';

function checksOf({ requester, host, login, limits }: Route, { team }: OriginProxySection): LiveCheck[] {
  const name = requesterName(requester);
  const title = requesterTitle(requester);
  const { audience } = login;
  const [email] = login.emails;
  const gate = { kind: 'gate', host, path, team, audience, email } as const;
  const { field } = requester;
  return [
    {
      id: `outside-${name}-without-token`,
      replaces: 'quickstart: From outside, from home, and from nowhere else',
      promise: `Whoever comes from outside to ${title} without a token gets no further than Access`,
      question: { ...gate, token: 'none' },
      remedy: 'Make the Access application of the hostname, as the quickstart says',
      field,
    },
    {
      id: `outside-${name}-forged-token`,
      promise: `A forged token of Access does not lead from outside to ${title}`,
      question: { ...gate, token: 'forged' },
      remedy: 'Make the Access application of the hostname, as the quickstart says',
      field,
    },
    {
      id: `outside-${name}-large-upload`,
      promise: `From outside ${title} takes no body that is larger than Cloudflare lets through`,
      question: { kind: 'upload', host, path, bytes: (limits?.bodyBytes ?? defaultBodyLimitBytes) + 1 },
      remedy: 'Reconcile the origin proxy: gatehouse reconcile',
      field,
    },
    {
      id: `outside-${name}-certificate`,
      promise: `The hostname of ${title} has a valid certificate outside`,
      question: { kind: 'certificate', host, from: 'internet' },
      remedy: 'Look at "SSL/TLS" of the domain at Cloudflare',
      field,
    },
    {
      id: `outside-${name}-name`,
      promise: `Outside, the hostname of ${title} leads to Cloudflare and nowhere else`,
      question: {
        kind: 'addresses',
        host,
        from: 'internet',
        to: { ranges: cloudflareRanges, name: 'Cloudflare' },
      },
      remedy: 'Make the DNS record of the hostname at Cloudflare, proxied, as the quickstart says',
      field,
    },
  ];
}
