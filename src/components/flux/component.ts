import { z } from 'zod';
import type { FluxKustomization, GitRepository } from '../../kubernetes/types.ts';
import { type Context, defineComponent } from '../component.ts';
import { fluxDocuments } from './documents.ts';

const namespace = 'flux-system';
const apiVersions = {
  source: 'source.toolkit.fluxcd.io/v1',
  kustomize: 'kustomize.toolkit.fluxcd.io/v1',
} as const;

/** The Secret with the values of every `${NAME}`, which the first Kustomization applies and the second reads. */
export const valuesSecret = 'cluster-values';
export const gitSecret = 'git-credentials';

/**
 * How Flux finds and applies what Gatehouse writes. Two Kustomizations: a Secret that feeds `substituteFrom`
 * cannot come from the Kustomization that uses it, or the first build has nothing to fill in.
 */
export const flux = defineComponent<undefined>({
  name: 'flux',
  summary: 'The source, the values, and the order in which Flux applies them.',
  schema: z.undefined(),
  build(context) {
    const folder = fluxFolder(context);
    const field = 'repository';
    return {
      manifests: [
        { folder, file: 'source.yaml', objects: [source(context)], field },
        {
          folder,
          file: 'reconcile.yaml',
          objects: [valuesKustomization(context), clusterKustomization(context)],
          field,
        },
      ],
    };
  },
  secrets: ({ ground }) =>
    ground.repository.url.startsWith('ssh:')
      ? [
          {
            name: gitSecret,
            namespace,
            purpose: 'the deploy key with which Flux reads the repository',
            usedBy: ['gitrepository/home'],
            field: 'repository.url',
            keys: [
              {
                key: 'identity',
                source: 'ssh-keygen -t ed25519 -N "" -f ./flux-deploy-key',
                create: { fromFile: './flux-deploy-key' },
              },
              {
                key: 'known_hosts',
                source: 'ssh-keyscan of the host of the repository, compared with what the host publishes',
                create: { fromFile: './known_hosts' },
              },
            ],
          },
        ]
      : [],
  documents: fluxDocuments,
});

/** Where Flux's own objects stand: beside what the cluster runs, and not part of it. */
export function fluxFolder({ ground }: Pick<Context<unknown>, 'ground'>): string {
  return `clusters/${ground.cluster.name}/flux`;
}

function source({ ground }: Context<undefined>): GitRepository {
  const { url, branch, interval } = ground.repository;
  return {
    apiVersion: apiVersions.source,
    kind: 'GitRepository',
    metadata: { name: ground.cluster.name, namespace },
    spec: {
      interval,
      url,
      ref: { branch },
      ...(url.startsWith('ssh:') ? { secretRef: { name: gitSecret } } : {}),
    },
  };
}

function valuesKustomization(context: Context<undefined>): FluxKustomization {
  const { name } = context.ground.cluster;
  return {
    apiVersion: apiVersions.kustomize,
    kind: 'Kustomization',
    metadata: { name: `${name}-flux`, namespace },
    spec: {
      interval: '1h',
      path: `./${fluxFolder(context)}`,
      // The source and the values outlive a mistake in Git.
      prune: false,
      wait: true,
      timeout: '2m',
      sourceRef: { kind: 'GitRepository', name },
      ...decryption(context),
    },
  };
}

function clusterKustomization(context: Context<undefined>): FluxKustomization {
  const { name } = context.ground.cluster;
  return {
    apiVersion: apiVersions.kustomize,
    kind: 'Kustomization',
    metadata: { name, namespace },
    spec: {
      dependsOn: [{ name: `${name}-flux` }],
      interval: '1h',
      retryInterval: '2m',
      path: `./clusters/${name}`,
      prune: true,
      wait: true,
      timeout: '15m',
      sourceRef: { kind: 'GitRepository', name },
      postBuild: { substituteFrom: [{ kind: 'Secret', name: valuesSecret }] },
      ...decryption(context),
    },
  };
}

function decryption({ ground }: Context<undefined>): {
  decryption?: { provider: 'sops'; secretRef: { name: string } };
} {
  return ground.secrets.recipients.length > 0
    ? { decryption: { provider: 'sops', secretRef: { name: 'sops-age' } } }
    : {};
}
