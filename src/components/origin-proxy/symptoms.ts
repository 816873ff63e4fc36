import type { Symptom } from '../contract/documents.ts';
import { hostTitle, outsidePath } from '../shared/chapters.ts';
import { defaultAppWaitSeconds } from './nginx.ts';
import { statusPaths } from './nginxOwnServers.ts';
import { namespace, proxyName, proxyPorts, type Route } from './routes.ts';

/** What the origin proxy answers when it does not forward a request. Only its log has the reason. */
export function originProxySymptoms(route: Route, routes: readonly Route[], team: string): Symptom[] {
  return [refused(route, team), tooLarge(route), unavailable(route)].map((each) => ({
    ...each,
    symptom: hostTitle(each.symptom, route, routes),
  }));
}

function refused(route: Route, team: string): Symptom {
  const log = (reason: string) =>
    `\`kubectl -n ${namespace} logs deployment/${proxyName(route)}\`: \`"refused":"${reason}"\``;
  return {
    chapter: outsidePath,
    symptom: 'After the sign-in at Access: 401 `Unauthorized`',
    causes: [
      {
        cause: 'the request carries no token, so it came neither through Access nor through the tunnel',
        look: log('missing'),
        fix: 'find out who else reaches the origin proxy: `gatehouse check`',
      },
      {
        cause: 'the token is for another application',
        look: log('audience'),
        fix: 'copy the audience tag of the application into the private values, `gatehouse configure`, push',
      },
      {
        cause: 'the token is from another team',
        look: log('issuer'),
        fix: `\`originProxy.team\` must be the team of the application; it is \`${team}\``,
      },
      {
        cause: 'Access let this user or service token through, and the origin proxy does not list it',
        look: log('not-allowed'),
        fix: `add the address to \`${route.login.field}.emails\`, or the client id to \`${route.login.field}.serviceTokens\``,
      },
      {
        cause: 'the clock of the node is wrong, or the session is over',
        look: `${log('expiry')} or \`not-yet-valid\`; \`date\` on the node`,
        fix: 'set the clock (NTP); sign in again',
      },
      {
        cause: 'the origin proxy has no keys, or none of that name',
        look: `${log('no-keys')} or \`unknown-key\``,
        fix: `the team name must be right, and the origin proxy must reach \`https://${team}.cloudflareaccess.com\` (next table)`,
      },
      {
        cause: 'somebody tries something',
        look: `${log('signature')}, \`malformed\`, \`algorithm\` or \`identity\``,
        fix: 'nothing: it was refused. If it comes from the tunnel, see who has its credentials',
      },
    ],
  };
}

function tooLarge(route: Route): Symptom {
  return {
    chapter: outsidePath,
    symptom: '413: an upload is refused',
    causes: [
      {
        cause: 'it is larger than what goes through from outside',
        look: `\`kubectl -n ${namespace} logs deployment/${proxyName(route)}\`: \`"refused":"too-large"\`; without such a line, Cloudflare refused it before`,
        fix: 'send it from the home network or over the VPN: there is no limit there',
      },
    ],
  };
}

function unavailable(route: Route): Symptom {
  const name = proxyName(route);
  const { service, workload, port } = route.backend;
  return {
    chapter: outsidePath,
    symptom: '503 `Service unavailable`, or an origin proxy that is not ready',
    causes: [
      {
        cause: 'the app behind it does not answer',
        look: `\`kubectl -n ${workload.namespace} get pods,endpointslices\`; the origin proxy's log has an \`upstream\` of 502 or 504 or none, or says \`the app has not been reached\``,
        fix: `see why \`${service}\` (port ${port}) is not ready: the last hop of this path`,
      },
      {
        cause: 'more large uploads at a time than its disk space allows',
        look: `\`kubectl -n ${namespace} logs deployment/${name}\`: 503 on \`POST\`, while others go through`,
        fix: 'the app tries again by itself; or raise `originProxy.uploads`',
      },
      {
        cause: 'it started a moment ago, and has not reached the app since',
        look: `\`${statusPaths.ready}\` on port ${proxyPorts.status} says \`app not reached\`; its log says why (\`connect() failed\`)`,
        fix: `wait: it is ready with the first answer of the app, or after ${defaultAppWaitSeconds} s without one. If the app is ready and the log still says so, its NetworkPolicy does not let the origin proxy in`,
      },
      {
        cause: 'it cannot fetch the keys of Access',
        look: `\`${statusPaths.ready}\` on port ${proxyPorts.status} says \`no keys\`; \`kubectl -n ${namespace} describe networkpolicy ${name}\``,
        fix: 'the node must resolve and reach Cloudflare on port 443; if Cloudflare has new address ranges, a newer Gatehouse has them',
      },
    ],
  };
}
