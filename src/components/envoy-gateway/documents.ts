import { reference } from '../../config/private.ts';
import type { BuildContext } from '../contract/component.ts';
import {
  type ComponentDocuments,
  type Decision,
  phases,
  type Step,
  type Symptom,
} from '../contract/documents.ts';
import { accessApplicationStep } from '../shared/accessApplication.ts';
import { outsidePath } from '../shared/chapters.ts';
import { bound } from './demands.ts';
import { type AnyRoute, type GatewayKey, gatewayName, gatewaysOf } from './names.ts';
import { accessTeam } from './requirements.ts';
import { routesOf } from './rules.ts';
import type { EnvoyGatewaySection } from './section.ts';

type Context = BuildContext<EnvoyGatewaySection>;

/** The chapters of the Gateways in the operator documents. */
export function envoyGatewayDocuments(context: Context): ComponentDocuments {
  const { section } = context;
  const routes = routesOf(context);
  return {
    prerequisites: section.external === undefined ? [] : ['a router that can forward ports 80 and 443'],
    decisions: [whoAsks, whichGateway(context)],
    steps: [
      ...accessApplications(context, routes),
      ...(section.external === undefined ? [] : [forwarding(section)]),
      addressesStep(section),
    ],
    symptoms: routes.length === 0 ? [] : [refusedRequest(section)],
  };
}

/** Access asks only in front of a host for which it has an application. */
function accessApplications(context: Context, routes: readonly AnyRoute[]): Step[] {
  return routes.flatMap((route) => {
    if (!('host' in route) || route.login.kind !== 'access') return [];
    const { team } = bound(context.binding(accessTeam(route)));
    const application = { host: route.host, login: route.login, verifier: 'The Gateway' };
    return [accessApplicationStep(application, reference(team))];
  });
}

const whoAsks: Decision = {
  title: 'The gateway asks who sends a request',
  decided:
    'Each route has a SecurityPolicy of its own, and each Gateway has one that denies: a route without a policy answers 403.',
  because: `A policy of a Gateway is not enough, because that of a route replaces it whole. A route and its policy come of one requirement and are in
one file, so that neither is there without the other; a route that you write yourself is refused until it has a policy. What a
client says of itself (\`X-User-ID\`, \`X-Forwarded-User\`, \`Remote-User\` and others of the kind) is removed before anything reads it, and
Envoy writes the verified claims after that. So is what an app could believe of the request: another host
(\`X-Forwarded-Host\`), path (\`X-Forwarded-Prefix\`, \`X-Original-URL\`), method (\`X-HTTP-Method-Override\`) or address
(\`X-Real-IP\`). An app reads \`Host\`, \`X-Forwarded-Proto\` and \`X-Forwarded-For\`, whose last address is that of the client. A
path with an escaped slash is refused (400), since it would be one path to Envoy and another to the app.`,
};

const uses: Record<GatewayKey, string> = {
  external: 'routes from the internet with a token, or with no login',
  internal: 'routes from the home network and the VPN',
  tunnel: 'routes from the internet with the login of Cloudflare Access',
};

function whichGateway({ section, settings }: Context): Decision {
  const at = (key: GatewayKey): string =>
    key === 'tunnel' ? 'a ClusterIP that cloudflared alone reaches' : addressOf(section, key);
  return {
    title: 'Which Gateway a route is on',
    decided: 'That of its login and of from where it is reached.',
    because: `| Gateway | is for | is at |
|---|---|---|
${gatewaysOf(section)
  .map((key) => `| \`${gatewayName(key)}\` | ${uses[key]} | ${at(key)} |`)
  .join('\n')}

What Access lets through comes by a Gateway of its own: the load balancer of \`envoy-external\` answers clients that skip Access. No
Gateway has a port of the nodes. Their Services keep the address of the client (\`externalTrafficPolicy: Local\`), by which routes for
the home network are asked${
      settings.cluster.network.loadBalancer.kind === 'cilium'
        ? '; Cilium may announce an address from any node, so that each has a pod of Envoy where it does so by ARP'
        : ''
    }. A wildcard certificate for each Gateway tells the public logs of certificates no host.`,
    field: 'envoyGateway.domain',
  };
}

function addressOf(section: EnvoyGatewaySection, key: 'external' | 'internal'): string {
  const gateway = section[key];
  return gateway === undefined ? '' : `\`${reference(gateway.address)}\``;
}

function forwarding(section: EnvoyGatewaySection): Step {
  const ports = section.http3 ? '80 and 443 of TCP, and 443 of UDP' : '80 and 443 of TCP';
  return {
    phase: phases.finish,
    title: 'Forward ports of the router to the Gateway',
    minutes: 5,
    body: `In the router, forward ports ${ports} to ${addressOf(section, 'external')}, and nothing else. The router must keep the
address of whoever connects: one that writes its own instead would make the internet look like the home network.`,
    check: `from outside, \`curl -sI http://ADDRESS/\` of the public address says \`301\` and \`location: https://\`.`,
  };
}

function addressesStep({ namespace, ...section }: EnvoyGatewaySection): Step {
  const keys = gatewaysOf({ namespace, ...section });
  return {
    phase: phases.finish,
    title: 'See that the Gateways are there',
    minutes: 2,
    body: `\`\`\`sh
kubectl -n ${namespace} wait gateway --all --for=condition=Programmed --timeout=5m
kubectl -n ${namespace} get gateways
\`\`\``,
    check: `each of ${keys.map((key) => `\`${gatewayName(key)}\``).join(', ')} has its address, and \`PROGRAMMED\` is \`True\`.`,
  };
}

function refusedRequest({ namespace }: EnvoyGatewaySection): Symptom {
  return {
    chapter: outsidePath,
    symptom: 'A Gateway answers 401, 403, 404 or 500, and the app is not asked',
    causes: [
      {
        cause: '401: there is no token, or it is not by the issuer, has ended, or is signed with another key',
        look: 'the claims `iss` and `exp` of the token: `cut -d. -f2 | base64 -d`',
        fix: 'a new token of the issuer that the route names',
      },
      {
        cause:
          '403: the token is for another audience or lacks a group, a scope or an address; or the route has no policy',
        look: '`kubectl describe securitypolicy -n NAMESPACE` of the route, and the claims `aud`, `groups`, `scope` and `email`',
        fix: 'the fields `audiences` and `allow` of the login of the route',
      },
      {
        cause: '403 at home: the request does not come from an address of the home network or the VPN',
        look: `\`kubectl -n ${namespace} logs -l app.kubernetes.io/name=envoy -c envoy --tail=20\` shows \`downstream_remote_address\``,
        fix: '`cluster.network.lan` and `cluster.network.vpn`; a name that leads to the Gateway of the internet comes back with the address of the router',
      },
      {
        cause: '404: no route has the host or the path, or its Gateway did not take it',
        look: '`kubectl get httproutes,grpcroutes -A`, and the conditions of the route',
        fix: 'what its condition `Accepted` says',
      },
      {
        cause:
          '500: something that the policy names is missing, such as the Service with the keys of the issuer',
        look: '`kubectl describe securitypolicy -n NAMESPACE` of the route',
        fix: 'what its condition `Accepted` says',
      },
    ],
  };
}
