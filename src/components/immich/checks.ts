import type { LiveCheck } from '../contract/checks.ts';
import type { Context } from '../contract/component.ts';
import { libraryMountPath } from './library.ts';
import { workload } from './names.ts';
import { guardSignals } from './nasGuard.ts';
import { workersApart } from './requirements.ts';
import type { ImmichSection } from './section.ts';

/** What is asked of Immich while it runs: in the cluster, and at home. */
export function immichChecks(context: Context<ImmichSection>): readonly LiveCheck[] {
  return [...guardChecks(context), ...homeChecks(context)];
}

function guardChecks(context: Context<ImmichSection>): LiveCheck[] {
  const { section } = context;
  const parts = workersApart(context) ? (['server', 'microservices'] as const) : (['server'] as const);
  return parts.map((part) => {
    const { namespace, labels, name } = workload(section, part);
    return {
      id: part === 'server' ? 'nas-guard' : `nas-guard-${part}`,
      promise: `${name} runs only where its library lies on the NAS`,
      question: {
        kind: 'guard',
        of: { namespace, labels },
        container: 'nas-guard',
        line: 'NAS_GUARD: ok',
        prefix: 'NAS_GUARD:',
        exits: Object.fromEntries(guardSignals.map(({ exit, means }) => [exit, means])),
      },
      remedy: `Read what the guard says: kubectl -n ${namespace} logs deployment/${name} -c nas-guard`,
      field: 'immich.library',
    };
  });
}

function homeChecks({ section }: Context<ImmichSection>): LiveCheck[] {
  const { host, nodePort: port } = section;
  const { namespace, labels } = workload(section, 'server');
  return [
    {
      id: 'home-immich-name',
      promise: 'At home the hostname of Immich leads to the node that runs it',
      question: { kind: 'addresses', host, from: 'home', to: { nodesOf: { namespace, labels } } },
      remedy: 'Make the DNS record at home, as the quickstart says',
      field: 'immich.host',
    },
    {
      id: 'home-immich',
      replaces: 'quickstart: From outside, from home, and from nowhere else',
      promise: 'At home Immich answers without Cloudflare, and has its administrator',
      question: {
        kind: 'json',
        host,
        port,
        path: '/api/server/config',
        field: 'isInitialized',
        value: true,
      },
      remedy: `Look at its pods: kubectl -n ${namespace} get pods`,
      field: 'immich.nodePort',
    },
    {
      id: 'home-immich-upload',
      promise: 'What is uploaded to Immich at home lies in the library on the NAS',
      question: {
        kind: 'stored',
        host,
        port,
        // immich 3, server/src/controllers/asset-media.controller.ts and dtos/asset-media.dto.ts
        path: '/api/assets',
        file: 'assetData',
        fields: { fileCreatedAt: 'now', fileModifiedAt: 'now' },
        // The variable is that of Immich's own command line.
        key: { header: 'x-api-key', variable: 'IMMICH_API_KEY' },
        location: { field: 'originalPath', below: libraryMountPath },
        remove: { ids: ['ID'], force: true },
      },
      remedy: 'Compare where the NAS is mounted on the node with immich.library',
      field: 'immich.library',
    },
  ];
}
