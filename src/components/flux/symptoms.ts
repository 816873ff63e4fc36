import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { Symptom } from '../contract/documents.ts';
import type { Requirement } from '../contract/requirements.ts';
import { fluxChapter } from '../shared/chapters.ts';
import {
  ageSecret,
  files,
  fluxDirectory,
  gitSecret,
  namespace,
  objectNames,
  valuesSecret,
} from '../shared/fluxNames.ts';

/**
 * What goes wrong between Git and the cluster, by the reason and the message of the condition `Ready`
 * (observed on source-controller and kustomize-controller: tests/real/control-plane-flux-failures.test.ts and
 * flux-platform.test.ts).
 */
export function fluxSymptoms(settings: ClusterSettings, charts: readonly Requirement<'chart'>[]): Symptom[] {
  const encrypted = settings.secrets.recipients.length > 0;
  return [
    git(settings),
    ...(encrypted ? [decryption(settings)] : []),
    substitution(settings, encrypted),
    order(settings),
    ...(charts.length > 0 ? [chartsSymptom(charts)] : []),
    objects(settings),
    withoutFlux(settings),
  ];
}

const status = (kind: string, name: string) => `\`kubectl -n ${namespace} describe ${kind} ${name}\``;

function git(settings: ClusterSettings): Symptom {
  const { source } = objectNames({ settings });
  const look = status('gitrepository', source);
  const ssh = settings.repository.url.startsWith('ssh:');
  return {
    chapter: fluxChapter,
    symptom: `GitRepository \`${source}\`: \`GitOperationFailed\``,
    causes: [
      {
        cause: `\`couldn't find remote ref "refs/heads/${settings.repository.branch}"\`: the branch was never pushed`,
        look,
        fix: `\`git push origin HEAD:${settings.repository.branch}\`, or \`repository.branch\``,
      },
      {
        cause: `\`repository not found\` or a refused login: ${ssh ? `the deploy key of \`${gitSecret}\` is not known to the host` : 'the repository is private, and Flux has no password for it'}`,
        look,
        fix: ssh
          ? `give the public half of the key to the host of \`${settings.repository.url}\``
          : 'make it public, or read it over SSH with a deploy key (`repository.url`)',
      },
      {
        cause: '`connection refused` or a timeout: the cluster does not reach the host',
        look: `${look}, then \`kubectl -n ${namespace} logs deployment/source-controller\``,
        fix: 'fix the DNS or the way out of the node; Flux tries again by itself',
      },
    ],
  };
}

function decryption(settings: ClusterSettings): Symptom {
  const { values } = objectNames({ settings });
  const look = status('kustomization', values);
  return {
    chapter: fluxChapter,
    symptom: `Kustomization \`${values}\`: the values cannot be decrypted`,
    causes: [
      {
        cause: `\`BuildFailed\`, \`secrets "${ageSecret.name}" not found\`: the key was never given to the cluster`,
        look,
        fix: `make the Secret \`${ageSecret.name}\` (quickstart, Secrets)`,
      },
      {
        cause:
          '`BuildFailed`, `cannot get sops data key` with `age: identity did not match any of the recipients` (before Flux 2.9 `age: no identity matched any of the recipients`): another key',
        look: `${look}; the public key of the file must be one of \`secrets.recipients\``,
        fix: `make \`${ageSecret.name}\` again from the right file, or add its recipient and run \`gatehouse configure\``,
      },
      {
        cause: `\`BuildFailed\`, \`cannot get sops data key\`, although it is the right key: its name in the Secret does not end in \`.agekey\``,
        look: `\`kubectl -n ${namespace} get secret ${ageSecret.name} -o jsonpath='{.data}'\` shows the name`,
        fix: `make the Secret again with \`--from-file=${ageSecret.key}=…\``,
      },
      {
        cause:
          '`ReconciliationFailed`, `is SOPS encrypted, configuring decryption is required`: the Kustomization in the cluster is older than the one in Git',
        look,
        fix: `\`kubectl apply -f ${fluxDirectory({ settings })}/${files.reconcile}\``,
      },
    ],
  };
}

function substitution(settings: ClusterSettings, encrypted: boolean): Symptom {
  const { cluster, values } = objectNames({ settings });
  const look = status('kustomization', cluster);
  const again = encrypted
    ? `\`gatehouse configure\`, commit and push; \`${values}\` applies it`
    : `make \`${valuesSecret}\` again with the line of the quickstart`;
  return {
    chapter: fluxChapter,
    symptom: `Kustomization \`${cluster}\`: a value is missing or does not fit`,
    causes: [
      {
        cause: `\`BuildFailed\`, \`substitute from 'Secret/${valuesSecret}' error: secrets "${valuesSecret}" not found\``,
        look: `${look}, then ${status('kustomization', values)}`,
        fix: encrypted ? `see why \`${values}\` is not ready` : again,
      },
      {
        cause:
          'a value is missing from the Secret: before Flux 2.9 it becomes empty text and all seems `Ready`, from 2.9 on the build fails and names the variable',
        look: `\`kubectl -n ${namespace} get secret ${valuesSecret} -o jsonpath='{.data}'\` lists the names`,
        fix: again,
      },
      {
        cause:
          '`ReconciliationFailed`, `expected string, got`: a value that YAML reads as a number or a yes (Gatehouse refuses such values; this one came in another way)',
        look,
        fix: again,
      },
      {
        cause:
          '`BuildFailed`, `envsubst error`: a file that you added has a `${` that is no variable, or a value is not YAML in its place',
        look,
        fix: 'write `$${`, or give the object the annotation `kustomize.toolkit.fluxcd.io/substitute: disabled`',
      },
    ],
  };
}

function order(settings: ClusterSettings): Symptom {
  const { cluster, values, source } = objectNames({ settings });
  return {
    chapter: fluxChapter,
    symptom: `Kustomization \`${cluster}\`: it waits`,
    causes: [
      {
        cause: `\`DependencyNotReady\`, \`dependency '${namespace}/${values}' is not ready\``,
        look: status('kustomization', values),
        fix: `fix \`${values}\` first; \`${cluster}\` follows within two minutes`,
      },
      {
        cause: `\`ArtifactFailed\`, \`GitRepository.source.toolkit.fluxcd.io "${source}" not found\``,
        look: '`flux get sources git`',
        fix: `\`kubectl apply -f ${fluxDirectory({ settings })}/${files.source}\``,
      },
      {
        cause: '`ArtifactFailed`, `kustomization path not found`: what was pushed is not what was compiled',
        look: '`git status`, `git log origin/HEAD`',
        fix: '`gatehouse configure`, commit and push',
      },
      {
        cause:
          '`HealthCheckFailed`: everything was applied, and something of it does not become ready in a quarter of an hour',
        look: '`kubectl get pods -A | grep -v Running`, then the chapter of what it lists',
        fix: 'what the pod says; missing storage and a missing Secret are the usual ones',
      },
    ],
  };
}

/** A chart has a Kustomization of its own; objects of its kinds have another, which depends on it. */
function chartsSymptom(charts: readonly Requirement<'chart'>[]): Symptom {
  const [{ release }] = charts as [Requirement<'chart'>];
  return {
    chapter: fluxChapter,
    symptom: 'A Kustomization of a chart is not ready, or one that comes after it',
    intro: `\`flux get kustomizations\` and \`flux get helmreleases -A\` say which. The charts are ${charts
      .map(({ release: { namespace: where, name } }) => `\`${where}/${name}\``)
      .join(', ')}.`,
    causes: [
      {
        cause: `\`DependencyNotReady\`, \`dependency '${namespace}/…' is not ready\`: it waits for another`,
        look: '`flux get kustomizations`',
        fix: 'fix that one first; this one follows by itself',
      },
      {
        cause: '`no matches for kind "HelmRelease"`: helm-controller is not there',
        look: `\`kubectl -n ${namespace} get deployments\``,
        fix: 'the step "Install Flux" of the quickstart',
      },
      {
        cause: 'it is `Progressing` for minutes, then `HealthCheckFailed`: the chart is not installed',
        look: `\`kubectl -n ${release.namespace} describe helmrelease ${release.name}\`, with the one that is meant`,
        fix: 'what its message says. After three failures it is not tried again: `flux reconcile helmrelease NAME -n NAMESPACE --reset`',
      },
      {
        cause:
          'others are not looked at either, and say nothing new: each that is `Progressing` takes one of the four workers of kustomize-controller (`--concurrent`)',
        look: '`flux get kustomizations`: four of them are `Progressing`',
        fix: 'fix one of their charts. Each gives its worker back at the end of its timeout',
      },
    ],
  };
}

function objects(settings: ClusterSettings): Symptom {
  const { cluster } = objectNames({ settings });
  return {
    chapter: fluxChapter,
    symptom: `Kustomization \`${cluster}\`: the cluster refuses an object`,
    causes: [
      {
        cause:
          '`ReconciliationFailed`, `namespaces "…" not found`, `no matches for kind` or `field not declared in schema`: an object that you added yourself',
        look: 'the message names the object',
        fix: `take it out of \`clusters/${cluster}/kustomization.yaml\`, or install what defines its kind`,
      },
      {
        cause:
          '`BuildFailed`, `may not add resource with an already registered id`: one object is in two files',
        look: 'the message names the object',
        fix: 'keep one of the two',
      },
      {
        cause:
          '`ReconciliationFailed`, `provided port is already allocated`: another Service has this node port, or one had it whose removal was cut off',
        look: '`kubectl get services -A` shows who has it',
        fix: 'give one of the two another port; if nobody has it, wait: the API server frees it within ten minutes',
      },
    ],
  };
}

function withoutFlux(settings: ClusterSettings): Symptom {
  const { cluster } = objectNames({ settings });
  return {
    chapter: fluxChapter,
    symptom: 'Without Flux: `kubectl apply -k local` fails, or brings the wrong thing',
    causes: [
      {
        cause:
          '`testing value … failed`: the directory is older than the manifests, which it must not bring back',
        look: '`gatehouse configure --check`',
        fix: '`gatehouse configure`, then `gatehouse manifests --local`',
      },
      {
        cause: `an object in the cluster says \`\${…}\`: the committed directory was applied, not the one with the values`,
        look: `\`kubectl diff --server-side -k local\``,
        fix: `\`kubectl apply --server-side -k local\`, never \`clusters/${cluster}\``,
      },
      {
        cause: '`field is immutable`: a Job that ran cannot be changed',
        look: 'the message names it',
        fix: '`kubectl delete job` with its namespace and name, and apply again',
      },
      {
        cause: '`conflict with "kustomize-controller"`: Flux applies the same objects',
        look: '`flux get kustomizations`',
        fix: `decide for one: \`flux suspend kustomization ${cluster}\` while you try something`,
      },
    ],
  };
}
