import type { Context } from '../../contract/component.ts';
import type { Symptom } from '../../contract/documents.ts';
import { workload } from '../names.ts';
import { guardSignals } from '../nasGuard.ts';
import type { ImmichSection } from '../section.ts';
import { guardChapter } from './chapters.ts';
import { inLibrary, selectorOf } from './home.ts';

/** What the guard reports, what the pods look like meanwhile, and how to fix it. */
export function guardSymptoms({ section }: Context<ImmichSection>): Symptom[] {
  return [signals(section), podStates(section)];
}

function signals(section: ImmichSection): Symptom {
  const server = workload(section, 'server').name;
  return {
    chapter: guardChapter,
    symptom: 'The guard says no',
    intro: `\`\`\`sh\nkubectl -n ${section.namespace} logs deployment/${server} --all-containers | grep NAS_GUARD\n\`\`\`\n\n\`NAS_GUARD: ok\` means that the library is there. Every other line names one of these:`,
    causes: guardSignals.map(({ signal, exit, means, podState, remedy }) => ({
      cause: `\`NAS_GUARD: ${signal}\` (exit code ${exit}): ${means}`,
      look: `When the pod starts: ${podState.atStart}.\nWhile it runs: ${podState.running}.`,
      fix: remedy,
    })),
  };
}

function podStates(section: ImmichSection): Symptom {
  const { namespace, library } = section;
  const selector = selectorOf(section, 'server');
  const server = workload(section, 'server').name;
  const describe = `\`kubectl -n ${namespace} describe pod -l ${selector}\``;
  return {
    chapter: guardChapter,
    symptom: 'What the pods look like while the NAS is away',
    causes: [
      library.kind === 'hostPath'
        ? {
            cause:
              '`Init:0/1`, with an event: the directory of the library does not exist, since the NAS was not mounted when the pod began',
            look: `${describe}: \`FailedMount\`, \`hostPath type check failed\`, \`is not a directory\``,
            fix: 'mount it; the kubelet tries again within two minutes',
          }
        : {
            cause: '`Init:0/1`, with an event: the kubelet cannot mount the share',
            look: `${describe}: \`FailedMount\` with the message of \`mount.nfs\` (\`Connection timed out\`, \`access denied\`)`,
            fix: 'start the NAS, or export the share to this node; the kubelet tries again within two minutes',
          },
      {
        cause:
          '`Init:0/1`, and no event: the NAS hangs. The kubelet waits for it before it starts the guard, so the guard says nothing',
        look: `${describe}: the events end with \`Scheduled\`. ${hangs(section)}`,
        fix: 'bring the NAS back; the pod is ready some seconds later',
      },
      {
        cause:
          '`Init:Error` or `Init:CrashLoopBackOff`: the guard ran before the start and found something wrong',
        look: `\`kubectl -n ${namespace} logs deployment/${server} -c nas-guard\``,
        fix: 'as the signal says; it is tried again, at the latest after five minutes',
      },
      {
        cause:
          '`Running` and `0/1`: the NAS went while Immich ran. No request reaches it any more, at home and outside',
        look: `${describe}: \`Readiness probe failed\` with the signal`,
        fix: 'as the signal says; ready again within half a minute',
      },
      {
        cause:
          '`CrashLoopBackOff`: the NAS stayed away, Kubernetes restarted the container, and its start command refuses',
        look: `\`kubectl -n ${namespace} logs deployment/${server} --previous\``,
        fix: `as the signal says; or at once: \`kubectl -n ${namespace} delete pod -l ${selector}\``,
      },
      {
        cause:
          '`Running` and `0/1` with `NAS_GUARD: timeout`, and minutes later `CreateContainerError`: the NAS hangs while Immich runs. Kubernetes stops the container, and the container runtime waits for the NAS when it starts the next one',
        look: `${describe}: \`context deadline exceeded\`, then \`failed to reserve container name\``,
        fix: 'bring the NAS back; the pod is ready half a minute later. Nothing has to be done in the cluster',
      },
      {
        cause: '`Terminating` for long: a process waits for the NAS and cannot be stopped',
        look: 'the NAS does not answer',
        fix: 'bring the NAS back. Do not force the deletion: the process may still write',
      },
    ],
  };
}

/** How to see that the NAS hangs. Only a node that mounts the library itself has something to look at. */
function hangs({ library }: ImmichSection): string {
  return library.kind === 'hostPath'
    ? `On the node, \`timeout 5 ls ${inLibrary({ library })}\` does not answer`
    : 'The NAS does not answer';
}
