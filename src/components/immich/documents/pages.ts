import { reference } from '../../../config/private.ts';
import type { Context } from '../../contract/component.ts';
import type { Page } from '../../contract/documents.ts';
import type { ImmichSection } from '../section.ts';
import { addresses, nodeAddressCommand } from './home.ts';
import { dnsPagePath } from './steps.ts';

export function immichPages(context: Context<ImmichSection>): Page[] {
  return [phone(context.section), splitHorizon(context)];
}

function phone(section: ImmichSection): Page {
  const { inside, outside } = addresses(section);
  return {
    path: 'docs/iphone.md',
    title: 'On the phone',
    content: `The Immich app backs up the photos of a phone to the NAS. At home it talks to the node, elsewhere through Cloudflare; it changes by
itself between the two.

## Setting it up, at home

1. Install Immich from the App Store. As server, enter \`${inside}\`, and sign in${section.oidc.enabled ? ' with a password: identity providers do not send anybody back over http' : ''}.
2. Settings → Networking → **Automatic URL switching**: on. iOS asks for the exact location, all the time: without it no app may know
   the name of the Wi-Fi.
   - **Local network**: the name of your Wi-Fi, and \`${inside}\`.
   - **External network**: \`${outside}\`. Nothing else in the list.
3. The cloud symbol: choose the albums, and turn the **backup** on. In its options, turn **background backup** on, and decide about
   mobile data for photos and for videos.
4. In iOS: Settings → General → Background App Refresh → on for Immich. iOS decides when it runs: usually at night, at the charger,
   on Wi-Fi. Low Power Mode stops it. The first backup of a large library is quickest with the app open.

For the address outside the app needs a service token, below; without one it backs up at home and on the VPN only.

**Check.** Take a photo at home and open the app: it appears under **Backup** as done, and on the NAS as a new file in \`upload/\` of
the library. Then turn Wi-Fi off: the app still shows the photos, if it has a service token.

## When it does not change over

- The app shows which address it uses in Settings → Networking. At home it must be the one with \`:${section.nodePort}\`.
- At home, iCloud Private Relay, a VPN profile or a DNS profile leads around the home's DNS. Turn it off for this Wi-Fi, or enter the
  address of the node instead of the name.
- **HSTS.** Safari refuses \`${inside}\` once \`${outside}\` has said that this name is https only: see TLS in the
  [quickstart](quickstart.md). If you need HSTS, enter the address of the node under Local network, or give it a second name.
- Several access points with different names: enter each of them.`,
  };
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
