import type { ClusterSettings } from '../../config/clusterSettings.ts';
import { phases, type Recovery, recoveryPhases, type Step } from '../contract/documents.ts';
import type { Requirement } from '../contract/requirements.ts';
import {
  files,
  fluxDirectory,
  gitSecret,
  namespace,
  objectNames,
  valuesSecret,
} from '../shared/fluxNames.ts';

/** The first steps on an empty cluster: what opens the repository, and later that Flux follows it again. */
export function fluxRecovery(settings: ClusterSettings, charts: readonly Requirement<'chart'>[]): Recovery {
  const encrypted = settings.secrets.recipients.length > 0;
  const followed = settings.repository.url.startsWith('ssh:')
    ? ['an account at the host of the repository that may add a deploy key']
    : [];
  return {
    needs: encrypted
      ? [
          ...followed,
          'the age key: the private half of one of `secrets.recipients`, in `~/.config/sops/age/keys.txt`',
        ]
      : [...followed, 'the private values file: nothing is encrypted, so it is in no Git'],
    steps: [repositoryStep(settings, encrypted), followStep(settings, encrypted)],
    lost: [
      'Your own objects in the cluster that are in no Git. Secrets that were made by hand are lost too, and the steps make each of them anew.',
      ...(charts.length > 0
        ? ['What the pods of charts keep in volumes that are not backed up: each begins empty.']
        : []),
    ],
    troubles: encrypted ? keyTroubles(settings) : [],
  };
}

function repositoryStep({ repository, cluster }: ClusterSettings, encrypted: boolean): Step {
  const key = encrypted ? ', and the key that opens it' : '';
  return {
    phase: recoveryPhases.begin,
    title: `The repository${key}`,
    minutes: 3,
    body: `Clone it, and write the copy of the documents with the private values. Where it is cloned already, leave out the first line.

\`\`\`sh
git clone '${repository.url}' ${cluster.name}
cd ${cluster.name}
repository="$PWD"
git log -1 --format='%h of %ci: %s'
gatehouse docs --local
\`\`\`

From here on read \`docs/local/total-loss.md\`, in the same terminal: its commands can be pasted as they are.`,
    check: `the commit is the last one that you pushed, and \`Written: docs/local/\` follows.${
      encrypted
        ? ' With no key, or with another one, it says so: then stop, since nothing below would work.'
        : ''
    }`,
  };
}

function followStep(settings: ClusterSettings, encrypted: boolean): Step {
  const directory = fluxDirectory({ settings });
  const { source, values } = objectNames({ settings });
  return {
    phase: phases.bootstrap,
    title: 'Tell Flux where to look',
    minutes: 3,
    body: `Nothing is pushed: what Git has is what the cluster was.

\`\`\`sh
cd "$repository"
kubectl apply -f ${directory}/${files.source} -f ${directory}/${files.reconcile}
kubectl -n ${namespace} wait gitrepository/${source} kustomization/${values} --for=condition=Ready --timeout=10m
\`\`\``,
    check: `\`condition met\` is printed twice: Flux has fetched the repository${encrypted ? ` and decrypted \`${valuesSecret}\`` : ''}. From now on it makes everything that the repository describes.`,
  };
}

function keyTroubles(settings: ClusterSettings): NonNullable<Recovery['troubles']> {
  const { values, source } = objectNames({ settings });
  return [
    {
      cause: 'the key is lost, or another one',
      look: '`gatehouse docs --local` names it, and so does `gatehouse secrets view`',
      fix: 'look for the other keys of `secrets.recipients`, and for the copy of this one. Without any of them the private values and every password in Git are lost, and with these the backups that they encrypt. What is not encrypted, such as a share on the network, can still be read',
    },
    {
      cause: `the Secret \`sops-age\` has another key than the repository`,
      look: `\`kubectl -n ${namespace} describe kustomization ${values}\` says \`cannot get sops data key\` or \`failed to decrypt\``,
      fix: `nothing was applied. \`kubectl -n ${namespace} delete secret sops-age\`, and the step again with the right file`,
    },
    {
      cause: 'Flux cannot fetch the repository',
      look: `\`kubectl -n ${namespace} describe gitrepository ${source}\``,
      fix: `the deploy key in \`${gitSecret}\`, or the address in \`${fluxDirectory({ settings })}/${files.source}\``,
    },
  ];
}
