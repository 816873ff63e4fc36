import { reference } from '../../../config/private.ts';
import type { Page } from '../../contract/documents.ts';
import { freePlanBodyLimitBytes } from '../../shared/cloudflare.ts';
import type { ImmichSection } from '../section.ts';
import { addresses } from './home.ts';

const limitInMebibytes = freePlanBodyLimitBytes / 1024 / 1024;

/** How the app on a phone reaches Immich: at home, and from outside with a service token. */
export function phonePage(section: ImmichSection): Page {
  return {
    path: 'docs/iphone.md',
    title: 'On the phone',
    content: `${atHome(section)}\n\n${fromOutside(section)}`,
  };
}

function atHome(section: ImmichSection): string {
  const { inside, outside } = addresses(section);
  return `The Immich app backs up the photos of a phone to the NAS. At home it talks to the node, elsewhere through Cloudflare; it changes by
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
- **HSTS.** Safari refuses \`${inside}\` once \`${outside}\` has said that this name is https only: see TLS expectations in the
  [quickstart](quickstart.md). If you need HSTS, enter the address of the node under Local network, or give it a second name.
- Several access points with different names: enter each of them.`;
}

/** With commas. `toLocaleString` does the same, but reads the languages of the machine first, which takes 10 ms. */
function inThousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

function fromOutside({ host: name, access: { emails, serviceTokens } }: ImmichSection): string {
  const host = reference(name);
  const listed = emails.length + serviceTokens.length > 0;
  const tokens = serviceTokens.map((token) => `\`${reference(token)}\``);
  return `## The 100 MB rule

From outside, nothing larger than ${limitInMebibytes} MiB (${inThousands(freePlanBodyLimitBytes)} bytes) goes through: that is where Cloudflare's free plan ends, and where the origin proxy
says no (413, with a text that tells what to do). Photos are far below it. **Longer videos wait until the phone is at home
or on the VPN**, where there is no such limit; the app tries again by itself. A minute of 4K video is about 170 to 400 MB.

## A service token for the app

A browser can sign in at Access; the background tasks of an app cannot. The app can show a service token instead, in two
headers of its own. In the Zero Trust dashboard:

1. Access → Service credentials → Service tokens: create one **for each phone**, named after it. Copy the Client ID, which ends in
   \`.access\`, and the Client Secret, which is shown only now.
2. In the application for \`${host}\`, add a second policy with the action **Service Auth** and one Include rule: Service Token, this
   one. Not "Any Access Service Token".
3. Put the Client ID into the private values, under \`immich.access.serviceTokens\`, and the owner's address under \`immich.access.emails\`, and run
   \`gatehouse configure\`: ${listed ? `the origin proxy lets only those pass that are listed${tokens.length > 0 ? ` (now ${tokens.join(', ')})` : ', and no service token is listed yet'}` : 'as soon as one is listed, the origin proxy lets only those pass that are'}.
4. In the app, sign out if need be. On the sign-in page, the gear leads to Advanced → **Custom proxy headers**. Add both:

   | header | value |
   |---|---|
   | \`CF-Access-Client-Id\` | the Client ID |
   | \`CF-Access-Client-Secret\` | the Client Secret |

**What this means for "one owner, or one named group".** The policy for people stays as strict as it was: deny by default, one
address or one group. The Service Auth policy beside it admits a device, not a user: whoever has the two texts gets to
Immich's own sign-in, with no second factor. So it is a deliberate exception, no wider than one phone: one token a
phone, an expiry date, revoked when the phone is lost, and listed at the origin proxy too. Immich still asks who you are. If you
do not want it, leave the token away and let the app back up at home and on the VPN only.

The app sends these headers to every address that it is given, at home over plain HTTP as well.`;
}
