import { reference } from '../../../config/private.ts';
import type { Context } from '../../contract/component.ts';
import type { Page } from '../../contract/documents.ts';
import type { ImmichSection } from '../section.ts';
import { forwardingPages } from './forwardingPages.ts';
import { addresses, nodeAddressCommand } from './home.ts';
import { phonePage } from './phone.ts';
import { dnsPagePath } from './steps.ts';

export function immichPages(context: Context<ImmichSection>): Page[] {
  return [phonePage(context.section), splitHorizon(context), ...forwardingPages(context)];
}

function splitHorizon(context: Context<ImmichSection>): Page {
  const { section } = context;
  const host = reference(section.host);
  const { inside, outside } = addresses(section);
  const moves = section.library.kind === 'nfs' && Object.keys(context.settings.cluster.nodes).length > 1;
  return {
    path: dnsPagePath(context),
    title: 'One name, two answers: DNS at home',
    content: `\`${host}\` leads to Cloudflare, and at home straight to the node that runs Immich (split horizon). So the way at home is short, has no limit
for uploads, and works without Cloudflare and without the internet.

| where | who answers | address |
|---|---|---|
| outside | Cloudflare DNS: a proxied CNAME to the tunnel | \`${outside}\` |
| at home | the DNS server of the home, here a UniFi Dream Machine | \`${inside}\` |

The two differ in scheme and port: at home nothing answers on 443.

## On a UniFi Dream Machine

1. The address of the node that runs the server. Give the node a fixed address (Client Devices → the node → Fixed IP Address).

   \`\`\`sh
   ${nodeAddressCommand(section)}
   \`\`\`

2. UniFi Network → Settings → **Policy Table** → Create New Policy → **DNS**. In older versions: Settings → Routing → **DNS** → Create Entry.

   | field | value |
   |---|---|
   | Type | Host (A) |
   | Domain name | \`${host}\` |
   | IP address | the address of step 1 |
   | TTL | ${moves ? '60 seconds: the server can move to another node' : '300 seconds'} |

3. The devices must ask the gateway: Settings → Networks → each network → DHCP → DNS Server: Auto. An entry with a server on the internet
   leads around this record. The same for the VPN: its clients need the gateway as DNS server.
${moves ? '\nThe port answers only on the node that runs the server. After it has moved, change the record.\n' : ''}
## Check

At home and on the VPN:

\`\`\`sh
dig +short '${host}'
dig +short AAAA '${host}'
curl -sS '${inside}/api/server/ping'
\`\`\`

The address of the node; nothing; \`{"res":"pong"}\`. If the second prints addresses, devices with IPv6 go to Cloudflare: add a
record of the type Host (AAAA) with the node's IPv6 address, or enter the node's address in the app instead of the name.

From outside (mobile data), \`dig +short '${host}' @1.1.1.1\` prints addresses of Cloudflare only, and never the one above.`,
  };
}
