import { reference } from '../../config/private.ts';
import type { BuildContext } from '../contract/component.ts';
import {
  type ComponentDocuments,
  type Decision,
  type Hop,
  type Note,
  phases,
  type Step,
} from '../contract/documents.ts';
import { accessApplicationStep } from '../shared/accessApplication.ts';
import { hostTitle, loggingNote, outsideHops, outsidePath } from '../shared/chapters.ts';
import { enumeration } from '../shared/sentences.ts';
import { defaultAppWaitSeconds } from './nginx.ts';
import { statusPaths } from './nginxOwnServers.ts';
import { namespace, proxyName, proxyPorts, type Route, routesOf } from './routes.ts';
import type { OriginProxySection } from './section.ts';
import { originProxySymptoms } from './symptoms.ts';

/** The chapters of the origin proxy in the operator documents, for each published app. */
export function originProxyDocuments(context: BuildContext<OriginProxySection>): ComponentDocuments {
  const routes = routesOf(context);
  const team = reference(context.section.team);
  return {
    decisions: [verified],
    steps: routes.flatMap((route) => [
      accessApplicationStep({ host: route.host, login: route.login, verifier: 'The origin proxy' }, team),
      refusal(route, routes),
    ]),
    notes: routes.length === 0 ? [] : [logging(routes, context.settings.monitoring.enabled)],
    // The configuration of nginx has the address of the cluster's name server.
    harmlessAddressLines: ['resolver [0-9]'],
    hops: routes.flatMap((route) => [challenge(route, routes, team), originProxyHop(route, routes)]),
    symptoms: routes.flatMap((route) => originProxySymptoms(route, routes, team)),
  };
}

const verified: Decision = {
  title: 'The token of Access is verified at the origin',
  decided:
    'The origin proxy checks signature, issuer, audience and time of `Cf-Access-Jwt-Assertion` on every request, instead of looking whether the header is there.',
  because: `Anybody who reaches the origin proxy past Access (another pod, a tunnel of somebody else's account, a rule that was changed by mistake)
can send a header of that name with any text in it. Only Cloudflare can sign one. The keys come from the team's own
address and are kept while it cannot be reached; with no keys at all, everybody is refused. On the way at home nobody
needs a token, since that path does not lead through the origin proxy.`,
};

function refusal(route: Route, routes: readonly Route[]): Step {
  return {
    phase: phases.finish,
    title: hostTitle('The origin proxy refuses requests without a token', route, routes),
    minutes: 1,
    body: `\`\`\`sh
kubectl -n ${namespace} port-forward service/${proxyName(route)} ${proxyPorts.requests}:${proxyPorts.requests} > /dev/null & sleep 3
curl -sS -o /dev/null -w '%{http_code}\\n' http://127.0.0.1:${proxyPorts.requests}/
curl -sS -o /dev/null -w '%{http_code}\\n' -H 'Cf-Access-Jwt-Assertion: x' http://127.0.0.1:${proxyPorts.requests}/
kill $!
\`\`\``,
    check: 'it prints `401` twice: once without a token, once with something that only looks like one.',
  };
}

/** One note for all routes: only the command differs. */
function logging(routes: readonly Route[], isWatched: boolean): Note {
  const commands = routes.map((route) => `\`kubectl -n ${namespace} logs deployment/${proxyName(route)}\``);
  return {
    title: loggingNote,
    body: `- **Who signed in, who was denied, when and from where**: Access's own log (Zero Trust → Logs → Access).
- **Which requests reached the origin proxy**: ${enumeration(commands)}. One JSON object a request: \`time\`, \`client\`,
  \`method\`, \`path\`, \`status\`, \`bytes\`, \`seconds\`, \`upstream\`, and under \`refused\` the reason of a refusal. No query, no header, no
  cookie and so no token is ever written; the answer to the client names no reason.
- **The state of the origin proxy**: \`${statusPaths.ready}\` and \`${statusPaths.metrics}\` on port ${proxyPorts.status} of its pods, which no Service offers.${isWatched ? watched : ''}`,
  };
}

const watched = ` Prometheus reads
  the metrics, and nothing but the metrics' port is open to it; a PrometheusRule beside the origin proxy raises an alert when the origin proxy has no
  keys, when they are old, and when nobody reads the metrics. Prometheus of
  kube-prometheus-stack sees only what carries the label of its release, unless its values say
  \`podMonitorSelectorNilUsesHelmValues: false\` and \`ruleSelectorNilUsesHelmValues: false\`.`;

function challenge(route: Route, routes: readonly Route[], team: string): Hop {
  return {
    chapter: outsidePath,
    order: outsideHops.access,
    places: ['Cloudflare Access'],
    title: hostTitle('Access asks who you are', route, routes),
    command: `curl -sS -o /dev/null -w '%{http_code} %{redirect_url}\\n' 'https://${reference(route.host)}/'`,
    expected: `\`302\` and an address that begins with \`https://${team}.cloudflareaccess.com/\`.`,
    otherwise: `\`403\`: no application covers the name, or a Bypass policy does, and only the tunnel's own check refuses requests; add the
application now. \`200\`: the same, and nothing refuses requests; take the tunnel away until you know why
(\`flux suspend kustomization --all\`, then \`kubectl -n ${namespace} scale deployment --all --replicas=0\`). \`530\`: go on with the hop of the tunnel. No answer: go back to the hop of the name.`,
  };
}

function originProxyHop(route: Route, routes: readonly Route[]): Hop {
  const name = proxyName(route);
  return {
    chapter: outsidePath,
    order: outsideHops.originProxy,
    places: ['origin proxy'],
    title: hostTitle('the origin proxy is ready, and refuses', route, routes),
    command: `kubectl -n ${namespace} port-forward deployment/${name} ${proxyPorts.requests}:${proxyPorts.requests} ${proxyPorts.status}:${proxyPorts.status} > /dev/null & sleep 3
curl -sS http://127.0.0.1:${proxyPorts.status}${statusPaths.ready}
curl -sS http://127.0.0.1:${proxyPorts.requests}/; kill $!`,
    expected: '`ready`, then `Unauthorized`.',
    otherwise: `\`no keys\`: it cannot fetch the keys of Access (below). \`app not reached\`: it started a moment ago, and waits for the app, for
${defaultAppWaitSeconds} s at most (below). Nothing: \`kubectl -n ${namespace} describe deployment/${name}\` and its log; a
value that Flux has not filled in stops nginx with \`unknown "…" variable\`.`,
  };
}
