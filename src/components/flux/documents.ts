import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { BuildContext } from '../contract/component.ts';
import {
  type ComponentDocuments,
  type Decision,
  type Note,
  phases,
  type Step,
} from '../contract/documents.ts';
import type { Requirement } from '../contract/requirements.ts';
import {
  ageSecret,
  files,
  fluxDirectory,
  gitSecret,
  namespace,
  objectNames,
  valuesSecret,
} from '../shared/fluxNames.ts';
import { ownAppsPage } from './ownApps.ts';
import { fluxRecovery } from './recovery.ts';
import { secretsPage } from './secretsPage.ts';
import { fluxSymptoms } from './symptoms.ts';

/** The chapters of Flux in the operator documents. */
export function fluxDocuments({ settings, provided }: BuildContext<undefined>): ComponentDocuments {
  const encrypted = settings.secrets.recipients.length > 0;
  const charts = provided('chart');
  return {
    tools: ['flux', ...(charts.length > 0 ? ['helm'] : [])],
    decisions: [privateValues(settings, encrypted), outOfBand],
    steps: [
      install(charts.length > 0),
      ...(encrypted ? [ageKey(settings)] : []),
      ...(viaSsh(settings) ? [deployKey(settings)] : []),
      bootstrap(settings, encrypted, charts),
      analysis(charts),
    ],
    notes: [changes(settings, encrypted), upgrade(settings)],
    symptoms: fluxSymptoms(settings, charts),
    recovery: fluxRecovery(settings, charts),
    pages: [...(encrypted ? [secretsPage(settings)] : []), ownAppsPage(settings)],
  };
}

function viaSsh({ repository }: ClusterSettings): boolean {
  return repository.url.startsWith('ssh:');
}

function privateValues(settings: ClusterSettings, encrypted: boolean): Decision {
  const directory = fluxDirectory({ settings });
  return {
    title: 'Where private values are',
    decided: `Manifests show \`\${NAME}\`, and Flux fills it in from the Secret \`${valuesSecret}\`${encrypted ? ', which is in Git, encrypted' : ', which you make by hand'}.`,
    because: `Host names, addresses, paths and the like tell others who and where you are, so Git must not show them. There were two
ways: a placeholder in Git that a local, uncommitted Kustomize overlay replaces, or a variable that Flux replaces. With Flux the
first does not work: Flux applies what is committed, so it would put the placeholder path into the cluster and undo
whatever was applied by hand from the overlay. A variable has one meaning everywhere, and a value that is missing does
not turn into a directory with the name of the placeholder.
Without Flux, \`gatehouse manifests --local\` writes such an overlay, made from these variables.

A name is that of the field in \`cluster.yaml\`, in capitals, or the one that people know (\`LAN_RANGE_1\`). ${
      encrypted
        ? `The values are in \`${directory}/\`, encrypted with SOPS for the recipients of \`secrets.recipients\`. A Flux Kustomization of their own applies them first: one that needs the values cannot bring them.`
        : `\`secrets.recipients\` names nobody, so nothing can be encrypted: the quickstart has the command that makes the Secret. \`gatehouse secrets keygen\` and one recipient make it part of Git, encrypted.`
    }`,
    field: 'secrets.recipients',
  };
}

const outOfBand: Decision = {
  title: 'Secrets that only the operator knows',
  decided: 'Passwords, tokens and keys are made in the cluster by hand, once, and are never in Git.',
  because: `What opens something is not needed to see what runs. A Secret that was never committed cannot leak with the repository, not
even with its encryption broken years from now. What is lost with it is little: each can be made again with one line of
the quickstart, and the pods that read it are named there.`,
};

/** Without helm-controller nothing defines the kind HelmRelease, and Flux applies nothing from a directory with one. */
function install(charts: boolean): Step {
  const controllers = ['source', 'kustomize', ...(charts ? ['helm'] : [])].map(
    (name) => `${name}-controller`,
  );
  return {
    phase: phases.prepare,
    title: 'Install Flux',
    minutes: 3,
    body: `${charts ? 'Three' : 'Two'} of its controllers are enough. If Flux runs already, see that it has them, and go on.

\`\`\`sh
flux install --components=${controllers.join(',')}
\`\`\``,
    check: `\`flux check\` lists ${controllers.map((name) => `\`${name}\``).join(', ')} and ends with \`all checks passed\`.`,
    again: true,
  };
}

function ageKey(settings: ClusterSettings): Step {
  return {
    phase: phases.secrets,
    title: `The Secret \`${ageSecret.name}\``,
    minutes: 1,
    body: `It holds the age key with which Flux decrypts what is in Git, in the namespace \`${namespace}\`. It is the private half of one of
the recipients in \`secrets.recipients\`: the key file that \`gatehouse init\` or \`gatehouse secrets keygen\` made. The name of
the file inside the Secret must end in \`.agekey\`, or Flux does not take it for a key. Say where the file is:

\`\`\`sh
key_file="$HOME/.config/sops/age/keys.txt"
kubectl -n ${namespace} create secret generic ${ageSecret.name} --from-file=${ageSecret.key}="$key_file"
\`\`\`

Keep a copy of the key where neither a thief nor a fire finds it. Whoever has it can read the private values; without
it nobody can.`,
    check: `\`kubectl -n ${namespace} get secret ${ageSecret.name} -o jsonpath='{.data}' | grep -c ${ageSecret.key}\` prints \`1\`, and \`grep 'public key' "$key_file"\` prints ${recipientOfCluster(settings)}.`,
    again: true,
  };
}

function recipientOfCluster({ secrets }: ClusterSettings): string {
  if (secrets.clusterRecipient !== undefined)
    return `\`${secrets.clusterRecipient}\`, which is \`secrets.clusterRecipient\` in \`cluster.yaml\``;
  return `${secrets.recipients.length === 1 ? 'the recipient' : 'one of the recipients'} of \`cluster.yaml\``;
}

function deployKey({ repository }: ClusterSettings): Step {
  const { hostname, port } = new URL(repository.url);
  return {
    phase: phases.secrets,
    title: 'A key with which Flux reads the repository',
    minutes: 2,
    body: `Make it, and fetch the keys of the host, so that Flux knows it again:

\`\`\`sh
ssh-keygen -q -t ed25519 -N '' -C flux -f ./flux-deploy-key
ssh-keyscan ${port === '' ? '' : `-p ${port} `}${hostname} > ./known_hosts
ssh-keygen -lf ./known_hosts
\`\`\`

Compare what the last line prints with the fingerprints that the host publishes. Give the public half,
\`flux-deploy-key.pub\`, to the host, as a deploy key of \`${repository.url}\` that may read and not write.`,
    check: 'the settings of the repository list the key, as read-only.',
    again: true,
  };
}

function bootstrap(
  settings: ClusterSettings,
  encrypted: boolean,
  charts: readonly Requirement<'chart'>[],
): Step {
  const directory = fluxDirectory({ settings });
  const names = objectNames({ settings });
  const { url, branch } = settings.repository;
  return {
    phase: phases.bootstrap,
    title: 'Push, and tell Flux where to look',
    minutes: 5,
    body: `In the repository:

\`\`\`sh
git add -A
gatehouse scan --staged
git commit -m 'What Gatehouse wrote'
git push origin HEAD:${branch}
kubectl apply -f ${directory}/${files.source} -f ${directory}/${files.reconcile}
\`\`\`
${viaSsh(settings) ? '' : `\nFlux reads \`${url}\` without a password, so the repository must be public.\n`}
From here on Git decides:

1. The GitRepository \`${names.source}\` fetches the branch \`${branch}\`.
2. The Kustomization \`${names.values}\` ${encrypted ? `decrypts and applies \`${directory}/\`: the Secret \`${valuesSecret}\` with the private values, and Flux's own objects, so that these are in Git too` : `applies \`${directory}/\`: Flux's own objects, so that these are in Git too`}.
3. The Kustomization \`${names.cluster}\` waits for it, fills in the values and applies \`clusters/${settings.cluster.name}\`. It becomes ready when everything
   that it made is: images have to be fetched first, so give it some minutes.

\`\`\`sh
flux get kustomizations --watch
\`\`\`

After each later push, \`gatehouse reconcile\` has Flux do this at once, waits for it, and names what fails.`,
    check: `\`flux get kustomizations\` says \`True\` under READY for \`${names.values}\` and \`${names.cluster}\`, with \`Applied revision\`.${
      charts.length === 0
        ? ''
        : ` Then \`flux get helmreleases -A\` says it of ${charts.map(({ release }) => `\`${release.name}\``).join(', ')}, one after the other.`
    }`,
  };
}

/** What charts install is in no file of Git, so that the analysis is complete only when they are rendered. */
function analysis(charts: readonly Requirement<'chart'>[]): Step {
  const command = `In the repository, what Git says about it:

\`\`\`sh
gatehouse check
\`\`\``;
  const base = { phase: phases.finish, title: 'What the files prove' };
  if (charts.length === 0)
    return {
      ...base,
      minutes: 1,
      body: command,
      check: 'every proof is `proved`, and the command ends with exit code 0.',
    };
  return {
    ...base,
    minutes: 3,
    body: `${command}

What a chart installs is in no file of Git. So \`unknown\` is right for every claim that a chart could break, and the command ends
with exit code 4. To have these claims proved too, run each \`helm pull\` that the report prints, and let \`helm\` render the charts.
Git need not keep them:

\`\`\`sh
echo '/charts/' >> .git/info/exclude
gatehouse check --render --charts charts
\`\`\``,
    check:
      'nothing is `refuted`. Without the charts, each `unknown` names a HelmRelease; with them, what is still `unknown` says why.',
  };
}

function upgrade({ repository: { branch } }: ClusterSettings): Note {
  return {
    title: 'Upgrading Gatehouse',
    body: `Upgrade the tool in the way in which you installed it. In a clone of it, that is \`git pull\`, \`npm ci\` and \`npm run build\`; the
command follows. Begin with a clean work tree here, so that the difference is that of the new version alone, and read the difference before you commit it:

\`\`\`sh
gatehouse --version
git status --short
gatehouse upgrade
gatehouse configure --check --diff
gatehouse configure
gatehouse check
git add -A
gatehouse scan --staged
git commit -m 'Upgrade Gatehouse'
git push origin HEAD:${branch}
\`\`\`

\`gatehouse upgrade\` writes nothing. It says which pods restart and whether a moment is without them, what data is at risk,
who reaches what otherwise, and which breaking changes of the programs apply here. Have a backup of what it names under Data first.

To go back, revert the commit and install the version before. Lines that you changed yourself stay: \`gatehouse configure\` says where
yours and its own differ.`,
  };
}

function changes(settings: ClusterSettings, encrypted: boolean): Note {
  const { source, cluster } = objectNames({ settings });
  return {
    title: 'Changing something later',
    body: `Change \`cluster.yaml\`${encrypted ? ' or a private value (`gatehouse secrets edit`)' : ' or a private value'}, run \`gatehouse configure\`, look at the difference, commit and push. Flux looks for new
commits every ${settings.repository.interval}; to have it look now:

\`\`\`sh
flux reconcile source git ${source}
flux reconcile kustomization ${cluster}
\`\`\`

A pod restarts when the values or the configuration that it reads have changed. For a Secret that was made by hand,
replace it (\`kubectl delete secret\`, then the line of this page) and restart what reads it (\`kubectl rollout restart\`).${
      encrypted
        ? ''
        : `\n\nWith a private value, the Secret \`${valuesSecret}\` changes too: make it again before you push.`
    }${viaSsh(settings) ? `\n\nA new deploy key is a new \`${gitSecret}\`, made the same way.` : ''}`,
  };
}
