import { reference } from '../../config/private.ts';
import type { BuildContext } from '../contract/component.ts';
import type { ComponentDocuments, Decision, Hop, Note, Page, Step } from '../contract/documents.ts';
import { phases } from '../contract/documents.ts';
import { cloudflarePhase, outsideHops, outsidePath } from '../shared/chapters.ts';
import { defaultBodyLimitBytes, statusPaths } from './nginx.ts';
import { gateName, gatePorts, namespace, type Route } from './routes.ts';
import type { OriginProxySection } from './section.ts';
import { gateSymptoms } from './symptoms.ts';

/** The chapters of the gate in the operator documents, for each app that is published. */
export function originProxyDocuments(context: BuildContext<OriginProxySection>): ComponentDocuments {
  const routes = context.provided.filter((requirement): requirement is Route => requirement.kind === 'route');
  const team = reference(context.section.team);
  return {
    decisions: [verified],
    steps: routes.flatMap((route) => [accessApplication(route, team), refusal(route)]),
    notes: routes.map((route) => logging(route, context.settings.monitoring.enabled)),
    // nginx names the name server of the cluster.
    harmlessAddressLines: ['resolver [0-9]'],
    hops: routes.flatMap((route) => [challenge(route, team), gate(route)]),
    symptoms: routes.flatMap((route) => gateSymptoms(route, team)),
    pages: routes.map(fromOutside),
  };
}

const limitInMebibytes = defaultBodyLimitBytes / 1024 / 1024;

const verified: Decision = {
  title: 'The token of Access is verified at the origin',
  decided:
    'The gate checks signature, issuer, audience and time of `Cf-Access-Jwt-Assertion` on every request, instead of looking whether the header is there.',
  because: `Whoever gets at the gate past Access (another pod, a tunnel of somebody else's account, a rule that was changed by mistake)
can send a header of that name with any text in it. Only Cloudflare can sign one. The keys come from the team's own
address and are kept while it cannot be reached; with no keys at all, everybody is refused. On the way at home nobody
needs a token, since that way does not lead through the gate.`,
};

function accessApplication(route: Route, team: string): Step {
  const host = reference(route.host);
  const audience = reference(route.login.audience);
  return {
    phase: cloudflarePhase,
    title: `The Access application for \`${host}\``,
    minutes: 6,
    body: `In the Zero Trust dashboard, under Access → Applications, add a self-hosted application, before any name leads to the cluster:

- [ ] Public hostname: \`${host}\`, **no path**: with a path, all others would be open.
- [ ] One policy with the action **Allow**, and in it one Include rule: **Emails** with the owner's one address, or **one named
      group**. ${people(route)}
- [ ] No rule with Everyone, with a whole e-mail domain, with a country or with an address range as its only condition.
- [ ] No policy with the action **Bypass**, and no second application for a part of this host name.
- [ ] What no policy allows is denied: that is Access's default, and nothing above changes it.
- [ ] The sign-in method asks for a second factor (your identity provider's, or Access's own requirement).
- [ ] Session duration: 24 hours, or what you can live with.

The application's overview shows its **Application Audience (AUD) Tag**. It must be the one in the overlay
(\`${route.by}.access.audience\`): \`${audience}\`. The team name, before \`.cloudflareaccess.com\`, must be \`${team}\`.`,
    check: `Access → Applications lists \`${host}\` with one policy, and the policy tester says that an address of a stranger is denied.`,
  };
}

function people({ login: auth }: Route): string {
  if (auth.emails.length === 0) {
    return 'The gate lets through everybody whom Access lets through, so this policy is the only list.';
  }
  return `The gate lets through only ${auth.emails.map((email) => `\`${reference(email)}\``).join(', ')}, whatever the policy says.`;
}

function refusal(route: Route): Step {
  return {
    phase: phases.finish,
    title: 'The gate refuses whoever has no token',
    minutes: 1,
    body: `\`\`\`sh
kubectl -n ${namespace} port-forward service/${gateName(route)} ${gatePorts.gate}:${gatePorts.gate} > /dev/null & sleep 3
curl -sS -o /dev/null -w '%{http_code}\\n' http://127.0.0.1:${gatePorts.gate}/
curl -sS -o /dev/null -w '%{http_code}\\n' -H 'Cf-Access-Jwt-Assertion: x' http://127.0.0.1:${gatePorts.gate}/
kill $!
\`\`\``,
    check: 'it prints `401` twice: once without a token, once with something that only looks like one.',
  };
}

function logging(route: Route, isWatched: boolean): Note {
  return {
    title: 'Logging and audit',
    body: `- **Who signed in, who was denied, when and from where**: Access's own log (Zero Trust → Logs → Access).
- **What was asked of the gate**: \`kubectl -n ${namespace} logs deployment/${gateName(route)}\`. One JSON object a request: \`time\`, \`client\`,
  \`method\`, \`path\`, \`status\`, \`bytes\`, \`seconds\`, \`upstream\`, and under \`refused\` the reason of a refusal. No query, no header, no
  cookie and so no token is ever written; the answer to the client names no reason.
- **How the gate is**: \`${statusPaths.ready}\` and \`${statusPaths.metrics}\` on port ${gatePorts.status} of its pods, which no Service offers.${isWatched ? watched : ''}`,
  };
}

const watched = ` Prometheus reads
  the metrics, and nothing but the metrics' port is open to it; a PrometheusRule beside the gate raises an alert when the gate has no
  keys, when they are old, and when nobody reads the metrics. Prometheus of
  kube-prometheus-stack sees only what carries the label of its release, unless its values say
  \`podMonitorSelectorNilUsesHelmValues: false\` and \`ruleSelectorNilUsesHelmValues: false\`.`;

function challenge(route: Route, team: string): Hop {
  return {
    chapter: outsidePath,
    order: outsideHops.access,
    places: ['Cloudflare Access'],
    title: 'Access asks who you are',
    command: `curl -sS -o /dev/null -w '%{http_code} %{redirect_url}\\n' 'https://${reference(route.host)}/'`,
    expected: `\`302\` and an address that begins with \`https://${team}.cloudflareaccess.com/\`.`,
    otherwise: `\`403\`: no application covers the name, or a Bypass policy does, and only the tunnel's own check stands in the way; add the
application now. \`200\`: the same, and nothing stands in the way; take the tunnel away until you know why
(\`flux suspend kustomization --all\`, then \`kubectl -n ${namespace} scale deployment --all --replicas=0\`). \`530\`: the next hop. No answer: the hop before.`,
  };
}

function gate(route: Route): Hop {
  const name = gateName(route);
  return {
    chapter: outsidePath,
    order: outsideHops.originProxy,
    places: ['gate'],
    title: 'the gate is ready, and refuses',
    command: `kubectl -n ${namespace} port-forward deployment/${name} ${gatePorts.gate}:${gatePorts.gate} ${gatePorts.status}:${gatePorts.status} > /dev/null & sleep 3
curl -sS http://127.0.0.1:${gatePorts.status}${statusPaths.ready}
curl -sS http://127.0.0.1:${gatePorts.gate}/; kill $!`,
    expected: '`ready`, then `Unauthorized`.',
    otherwise: `\`no keys\`: it cannot fetch the keys of Access (below). Nothing: \`kubectl -n ${namespace} describe deployment/${name}\` and its log; a
value that Flux has not filled in stops nginx with \`unknown "…" variable\`.`,
  };
}

/** With commas. `toLocaleString` does the same, and reads the machine's languages first, which takes 10 ms. */
function inThousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

function fromOutside(route: Route): Page {
  const host = reference(route.host);
  const listed = route.login.emails.length + route.login.serviceTokens.length > 0;
  const tokens = route.login.serviceTokens.map((token) => `\`${reference(token)}\``);
  return {
    path: 'docs/iphone.md',
    title: 'On the phone',
    content: `## The 100 MB rule

From outside, nothing larger than ${limitInMebibytes} MiB (${inThousands(defaultBodyLimitBytes)} bytes) goes through: that is where Cloudflare's free plan ends, and where the gate
says no (413, with a text that tells what to do). Photos are far below it. **Longer videos wait until the phone is at home
or on the VPN**, where there is no such limit; the app tries again by itself. A minute of 4K video is about 170 to 400 MB.

## A service token for the app

A browser can sign in at Access; the background tasks of an app cannot. The app can show a service token instead, in two
headers of its own. In the Zero Trust dashboard:

1. Access → Service credentials → Service tokens: create one **for each phone**, named after it. Copy the Client ID, which ends in
   \`.access\`, and the Client Secret, which is shown only now.
2. In the application for \`${host}\`, add a second policy with the action **Service Auth** and one Include rule: Service Token, this
   one. Not "Any Access Service Token".
3. Put the Client ID into the overlay, under \`${route.by}.access.serviceTokens\`, and the owner's address under \`${route.by}.access.emails\`, and run
   \`gatehouse configure\`: ${listed ? `the gate lets only those pass that are listed${tokens.length > 0 ? ` (now ${tokens.join(', ')})` : ', and no service token is listed yet'}` : 'as soon as one is listed, the gate lets only those pass that are'}.
4. In the app, sign out if need be. On the sign-in page, the gear leads to Advanced → **Custom proxy headers**. Add both:

   | header | value |
   |---|---|
   | \`CF-Access-Client-Id\` | the Client ID |
   | \`CF-Access-Client-Secret\` | the Client Secret |

**What this means for "one owner, or one named group".** The policy for people stays as strict as it was: deny by default, one
address or one group. The Service Auth policy beside it admits a thing, not a person: whoever has the two texts gets to
Immich's own sign-in, with no second factor. So it is a deliberate exception, no wider than one phone: one token a
phone, an expiry date, revoked when the phone is lost, and named at the gate too. Immich still asks who you are. If you
do not want it, leave the token away and let the app back up at home and on the VPN only.

The app sends these headers to every address that it is given, at home over plain HTTP as well.`,
  };
}
