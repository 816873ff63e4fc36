import * as z from 'zod';
import type { FluxKustomization, GitRepository } from '../../kubernetes/types.ts';
import { type Context, defineComponent } from '../contract/component.ts';
import { decryption, filledIn, kustomizeVersion } from '../shared/fluxKustomizationManifest.ts';
import { files, fluxDirectory, gitSecret, namespace, objectNames } from '../shared/fluxNames.ts';
import { fluxDocuments } from './documents.ts';
import { fluxStatus } from './status.ts';

/**
 * How Flux finds and applies what Gatehouse writes. Two Kustomizations: a Secret that feeds `substituteFrom`
 * cannot come from the Kustomization that uses it, or the first build has nothing to fill in.
 */
export const flux = defineComponent<undefined>({
  name: 'flux',
  summary: 'The source, the values, and the order in which Flux applies them.',
  listing: { title: 'Flux, Values and Keys', area: 'operations', guide: 'docs/quickstart.md' },
  schema: z.undefined(),
  provides: { chart: {} },
  build(context) {
    const directory = fluxDirectory(context);
    const field = 'repository';
    return {
      manifests: [
        { directory, file: files.source, objects: [source(context)], field },
        {
          directory,
          file: files.reconcile,
          objects: [valuesKustomization(context), clusterKustomization(context)],
          field,
        },
      ],
    };
  },
  secrets: ({ settings }) =>
    settings.repository.url.startsWith('ssh:')
      ? [
          {
            name: gitSecret,
            namespace,
            purpose: 'the deploy key with which Flux reads the repository',
            usedBy: [`gitrepository/${objectNames({ settings }).source}`],
            field: 'repository.url',
            keys: [
              {
                key: 'identity',
                from: 'user',
                source: 'ssh-keygen -t ed25519 -N "" -f ./flux-deploy-key',
                create: { fromFile: './flux-deploy-key' },
              },
              {
                key: 'known_hosts',
                from: 'user',
                source: 'ssh-keyscan of the host of the repository, compared with what the host publishes',
                create: { fromFile: './known_hosts' },
              },
            ],
          },
        ]
      : [],
  rules: ({ settings: { secrets } }) => {
    const { clusterRecipient, recipients } = secrets;
    if (clusterRecipient === undefined || recipients.includes(clusterRecipient)) return [];
    return [
      {
        code: 'needs-another',
        field: 'secrets.clusterRecipient',
        message: 'secrets.clusterRecipient is not one of secrets.recipients: Flux could decrypt nothing',
        expected: 'one of secrets.recipients',
        remedy: 'add it to secrets.recipients again; give the cluster another key before you remove this one',
      },
    ];
  },
  status: ({ settings }) => fluxStatus(settings),
  documents: fluxDocuments,
});

function source({ settings }: Context<undefined>): GitRepository {
  const { url, branch, interval } = settings.repository;
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: objectNames({ settings }).source, namespace },
    spec: {
      interval,
      url,
      ref: { branch },
      ...(url.startsWith('ssh:') ? { secretRef: { name: gitSecret } } : {}),
    },
  };
}

function valuesKustomization(context: Context<undefined>): FluxKustomization {
  const names = objectNames(context);
  return {
    apiVersion: kustomizeVersion,
    kind: 'Kustomization',
    metadata: { name: names.values, namespace },
    spec: {
      interval: '1h',
      path: `./${fluxDirectory(context)}`,
      // The source and the values outlive a mistake in Git.
      prune: false,
      // Not `wait`: among its objects is the Kustomization that depends on this one, and each would wait for the other.
      wait: false,
      timeout: '2m',
      sourceRef: { kind: 'GitRepository', name: names.source },
      ...decryption(context.settings),
    },
  };
}

function clusterKustomization(context: Context<undefined>): FluxKustomization {
  const names = objectNames(context);
  return {
    apiVersion: kustomizeVersion,
    kind: 'Kustomization',
    metadata: { name: names.cluster, namespace },
    spec: {
      dependsOn: [{ name: names.values }],
      interval: '1h',
      retryInterval: '2m',
      path: `./clusters/${context.settings.cluster.name}`,
      prune: true,
      wait: true,
      timeout: '15m',
      sourceRef: { kind: 'GitRepository', name: names.source },
      ...filledIn,
      ...decryption(context.settings),
    },
  };
}
