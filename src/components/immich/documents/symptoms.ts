import { reference } from '../../../config/private.ts';
import type { Context } from '../../contract/component.ts';
import type { Hop, Symptom } from '../../contract/documents.ts';
import { insidePath, outsideHops, outsidePath } from '../../shared/chapters.ts';
import { probeMessages } from '../administratorProbe.ts';
import { patience, setupMessages } from '../firstAdministrator.ts';
import { secretNames, serverBackend, workload } from '../names.ts';
import type { ImmichSection } from '../section.ts';
import { administratorChapter } from './chapters.ts';
import { addresses, nodeAddressCommand, selectorOf } from './home.ts';

export function immichHops(context: Context<ImmichSection>): Hop[] {
  const { section } = context;
  return [homeName(section), homePort(context), app(section)];
}

function homeName(section: ImmichSection): Hop {
  const host = reference(section.host);
  return {
    chapter: insidePath,
    order: 10,
    places: ['name'],
    title: 'the name leads to the node',
    command: `dig +short '${host}'
dig +short AAAA '${host}'
${nodeAddressCommand(section)}`,
    expected: 'the first and the third print the same address, the second prints nothing.',
    otherwise: `addresses of Cloudflare: this device does not ask the DNS server at home (a VPN, Private Relay, DNS over HTTPS in the browser, a
server entered by hand), or the record is missing there. Another node: the server has moved, change the record. An
answer to the second: the device prefers it and ends at Cloudflare; add an AAAA record for the node, or use its address.`,
  };
}

function homePort({ settings, section }: Context<ImmichSection>): Hop {
  const { inside } = addresses(section);
  const { service } = serverBackend(section);
  const ranges = `this device is not in \`cluster.network.lan\` or \`cluster.network.vpn\` (\`kubectl -n ${section.namespace} get networkpolicy ${workload(section, 'server').name} -o yaml\`
shows the ranges)`;
  const notListening = `\`kubectl -n ${section.namespace} get service ${service}\` must say \`${section.nodePort}\`, and the server must be ready (below)`;
  return {
    chapter: insidePath,
    order: 20,
    places: ['port of the node', 'app'],
    title: 'the port of the node answers',
    command: `curl -sS -m 5 '${inside}/api/server/ping'`,
    expected: '`{"res":"pong"}`',
    otherwise:
      settings.cluster.network.policyEnforcer === 'kube-router'
        ? `\`curl: (7)\`, refused: ${ranges}, since kube-router rejects what no policy allows; or ${notListening}.
\`curl: (28)\`, timed out: the server runs on another node, or a firewall drops the connection.`
        : `\`curl: (28)\`, timed out: ${ranges}, or the server runs on another node. \`curl: (7)\`, refused: ${notListening}.`,
  };
}

function app(section: ImmichSection): Hop {
  const { service, port, workload: server } = serverBackend(section);
  return {
    chapter: outsidePath,
    order: outsideHops.app,
    places: ['app'],
    title: 'Immich answers',
    command: `kubectl -n ${section.namespace} get pods
kubectl -n ${section.namespace} port-forward service/${service} ${port}:${port} > /dev/null & sleep 3
curl -sS http://127.0.0.1:${port}/api/server/ping; kill $!`,
    expected:
      'every pod is `Running` with all its containers ready (the Job `Completed`), and `{"res":"pong"}`.',
    otherwise: `\`kubectl -n ${section.namespace} describe pod -l ${selectorOf(section, 'server')}\` and \`kubectl -n ${section.namespace} logs deployment/${server.name}\`,
${section.administrator.done ? 'then the chapter on the NAS' : 'then the chapters on the NAS and on the first administrator'}.`,
  };
}

export function immichSymptoms({ section }: Context<ImmichSection>): Symptom[] {
  return [
    unreachableAtHome(section),
    notStarting(section),
    ...(section.administrator.done ? [] : [setup(section)]),
  ];
}

function unreachableAtHome(section: ImmichSection): Symptom {
  const { inside } = addresses(section);
  return {
    chapter: insidePath,
    symptom: 'It works with one device or browser and not with another',
    causes: [
      {
        cause: 'the browser turns http into https (HSTS): nothing answers there',
        look: `the address bar says \`https\` and \`:${section.nodePort}\`; a private window may work`,
        fix: 'turn HSTS off for the name at Cloudflare and forget it in the browser (chrome://net-internals/#hsts; Safari: remove the website data); or use the address of the node',
      },
      {
        cause: 'the device asks another DNS server',
        look: `\`dig +short '${reference(section.host)}'\` on that device`,
        fix: 'turn off Private Relay for this Wi-Fi, secure DNS in the browser, or a DNS server entered by hand',
      },
      {
        cause: 'a guest Wi-Fi or another VLAN, which is not in the ranges',
        look: 'the address of the device',
        fix: 'add its range to `cluster.network.lan`, if devices there may reach Immich',
      },
      {
        cause: 'a sign-in with the identity provider fails at home',
        look: `the provider says that the redirect URI is not allowed: it begins with \`${inside}\``,
        fix: 'sign in with the password at home, or once from outside',
      },
    ],
  };
}

function notStarting(section: ImmichSection): Symptom {
  const { namespace } = section;
  const log = (part: 'server' | 'postgres') =>
    `\`kubectl -n ${namespace} logs deployment/${workload(section, part).name}\``;
  const describe = `\`kubectl -n ${namespace} describe pod -l ${selectorOf(section, 'postgres')}\``;
  return {
    chapter: insidePath,
    symptom: 'A pod of Immich does not start, and the NAS is there',
    causes: [
      {
        cause:
          '`CreateContainerConfigError`, or `Init:0/1` or `ContainerCreating` with `secret … not found`: a Secret is missing',
        look: `\`kubectl -n ${namespace} get events --sort-by=.lastTimestamp | tail\``,
        fix: 'make it (quickstart, Secrets)',
      },
      {
        cause: 'the database does not start: its directory is missing or belongs to another user',
        look: `${describe}: \`hostPath type check failed\`; ${log('postgres')}: \`Permission denied\``,
        fix: `the directory must belong to ${section.database.uid}:${section.database.gid} (quickstart, Storage)`,
      },
      {
        cause: '`password authentication failed`: the Secret was made anew after the database was',
        look: log('server'),
        fix: `put the old password back into \`${secretNames.database}\`, or set the new one in the database (\`ALTER ROLE\`)`,
      },
      {
        cause: '`Running`, and not ready for minutes: the first start, or the migration of an update',
        look: log('server'),
        fix: 'wait ten minutes, then look for the first error in the log',
      },
    ],
  };
}

function setup(section: ImmichSection): Symptom {
  const { namespace, administrator } = section;
  const job = `\`kubectl -n ${namespace} logs job/${workload(section, 'setup').name}\``;
  const says = (text: string) => `${job}: \`IMMICH_SETUP: ${text}\``;
  const { waiting, gaveUp, refused, present, created } = setupMessages;
  const pod = `\`kubectl -n ${namespace} describe pod -l ${selectorOf(section, 'server')}\``;
  const notReady = (text: string) => `${pod}: \`Readiness probe failed: not ready: ${text}\``;
  return {
    chapter: administratorChapter,
    symptom: 'The server stays at `0/1`, or nobody can sign in',
    causes: [
      {
        cause: 'the server is not up yet, most often because of the NAS or the database',
        look: `${says(`${waiting}: …`)}; ${notReady(probeMessages.noAnswer)}`,
        fix: `see those; the Job asks every ${patience.pause} seconds, for a day if need be, and begins anew at \`${gaveUp}\``,
      },
      {
        cause: 'Immich refuses the account',
        look: says(`${refused} 400`),
        fix:
          administrator.kind === 'bootstrap'
            ? `the Secret \`${secretNames.administrator}\` must have a valid \`email\` and a \`password\``
            : '`immich.administrator.email` must be an e-mail address',
      },
      {
        cause: 'there was an administrator before, on a database that was kept',
        look: says(present),
        fix: `sign in as before; for a new password: \`kubectl -n ${namespace} exec -it deployment/${workload(section, 'server').name} -c server -- immich-admin reset-admin-password\``,
      },
      {
        cause: 'the account is there, and Immich is not ready yet',
        look: says(created),
        fix: 'readiness is asked every 15 seconds: wait for one minute',
      },
      {
        cause: 'Immich is up, and the Job has not run or has given up',
        look: `${notReady(probeMessages.noAdministrator)}; \`kubectl -n ${namespace} get job,pod -l ${selectorOf(section, 'setup')}\``,
        fix: `a Job that has \`Failed\`: \`kubectl -n ${namespace} delete job ${workload(section, 'setup').name}\`, and Flux makes it again within the hour`,
      },
      ...(administrator.kind === 'bootstrap'
        ? [
            {
              cause: `the Job's pod stays in \`ContainerCreating\`: the Secret \`${secretNames.administrator}\` is missing`,
              look: `\`kubectl -n ${namespace} describe pod -l ${selectorOf(section, 'setup')}\``,
              fix: 'make it (quickstart, Secrets)',
            },
          ]
        : [
            {
              cause:
                'the sign-in from outside says that the user does not exist: the provider sends another address',
              look: `the address at the provider, against \`${reference(administrator.email)}\``,
              fix: 'correct `immich.administrator.email` before the first start, or change the address of the account in Immich',
            },
          ]),
    ],
  };
}
