import type { ProbeImage } from '../../../components/contract/component.ts';
import type { Answer, Asking, Check } from '../../../live/check.ts';
import { controlsOf, type Denial, type DenialInputs, type DenialsOf, deniedConnections } from './denials.ts';
import { probeNamespace } from './probeObjects.ts';
import type { ProbeLetter } from './probeScript.ts';
import { type Probed, type ProbeRun, runProbe } from './runProbe.ts';

/** What the checks by probes are made from. */
export interface ProbeInputs extends DenialInputs {
  /** Images of the plan, the best first. */
  images: readonly ProbeImage[];
  /** Names to look up in a pod, with the addresses that each may have. */
  names: readonly ProbeName[];
  times?: ProbeRun['times'];
}

/** A name that leads home or outside, whichever name server the cluster asks. */
export interface ProbeName {
  id: string;
  /** As promises have it: `${IMMICH_HOST}`. */
  name: string;
  host: string;
  /** What may be seen, in words, and whether an address is it. */
  expected: string;
  isExpected: (address: string) => boolean;
}

/** Denials asked again by short-lived pods: one check for each place from which they are asked. */
export function probeChecks(inputs: ProbeInputs): readonly Check[] {
  const [image] = inputs.images;
  const controls = controlsOf(inputs.dump);
  const places = deniedConnections(inputs);
  const hosts = inputs.names.map(({ host }) => host);
  // Each place is asked once, though several checks read what came of it.
  const runs = new Map(
    places.map((place) => [place.namespace, oneRun(place, controls, hosts, image, inputs)]),
  );
  const own = runs.get(probeNamespace);
  return [
    ...places.map((place): Check => {
      const isOwn = place.namespace === probeNamespace;
      return {
        id: `probe-${place.namespace}`,
        promise: isOwn
          ? 'A pod of another namespace is refused wherever Git lets only declared clients connect'
          : `A pod of nobody in ${place.namespace} is refused wherever Git lets only declared clients connect`,
        remedy: 'Look for a NetworkPolicy that Git does not have: gatehouse verify --only not-in-git',
        ask: async (asking) => {
          const run = runs.get(place.namespace);
          if (run === undefined || own === undefined) return nothingRan;
          const [ran, control] = await Promise.all([run(asking), own(asking)]);
          return judged(place, controls, ran, control);
        },
      };
    }),
    ...inputs.names.map(
      (name, at): Check => ({
        id: `probe-name-${name.id}`,
        promise: `In a pod, the name ${name.name} leads to where it may, or nowhere`,
        remedy:
          'Look which name server the cluster asks: kubectl -n kube-system get configmap coredns -o yaml',
        ask: async (asking) => (own === undefined ? nothingRan : nameJudged(name, at, await own(asking))),
      }),
    ),
  ];
}

const nothingRan: Answer = { verdict: 'not checked', evidence: ['No probe ran'] };

type Ran = Probed & { controls: number };

function oneRun(
  { namespace, denials }: DenialsOf,
  controls: readonly Denial[],
  hosts: readonly string[],
  image: ProbeImage | undefined,
  { times }: Pick<ProbeInputs, 'times'>,
): (asking: Asking) => Promise<Ran> {
  const isOwn = namespace === probeNamespace;
  let ran: Promise<Ran> | undefined;
  const run = async ({ cluster, writer, signal }: Asking): Promise<Ran> => {
    const none = { left: [], controls: 0 };
    if (cluster === undefined || writer === undefined) return { ...none, why: 'no probe was allowed' };
    if (image === undefined) return { ...none, why: 'no image of the configuration can try connections' };
    // In a namespace that denies by default nothing is certain to answer.
    const asked = isOwn ? controls : [];
    const task = { targets: [...asked, ...denials], names: isOwn ? hosts : [] };
    const probed = await runProbe(
      { cluster, writer, image, signal, ...(times && { times }) },
      namespace,
      task,
    );
    return { ...probed, controls: asked.length };
  };
  return (asking) => {
    ran ??= run(asking);
    return ran;
  };
}

function judged(
  { namespace, denials, unasked }: DenialsOf,
  controls: readonly Denial[],
  ran: Ran,
  own: Ran,
): Answer {
  const place = `A pod in ${namespace}`;
  const left = ran.left;
  if (!('answers' in ran))
    return {
      verdict: 'not checked',
      evidence: [`${place} could not ask: ${ran.why}`, ...left],
      remedy: again,
    };
  const letters = ran.answers.letters.slice(ran.controls);
  const connected = denials.filter((_, at) => letters[at] === 'o');
  if (connected.length > 0)
    return {
      verdict: 'broken',
      evidence: [
        ...connected.map(({ to }) => `${place} connected to ${to}, and Git says that it is refused`),
        ...left,
      ],
    };
  const doubt = doubtIn(own, controls);
  if (doubt !== undefined) return { verdict: 'not checked', evidence: [doubt, ...left], remedy: again };
  if (denials.length === 0)
    return {
      verdict: 'not checked',
      evidence: [`Nothing is promised to refuse ${place.toLowerCase()}, or nothing of it runs`],
    };
  const evidence = [
    `${place} tried ${denials.length} connections, and every one was refused (${tally(letters)})`,
    ...reachedBy(own, controls).map(({ to }) => `A pod without policies connected to ${to}`),
    ...denials.map(({ to }) => `${place} was refused by ${to}`),
    ...left,
  ];
  if (unasked.length > 0)
    return { verdict: 'not checked', evidence: [...unasked, ...evidence], remedy: again };
  return { verdict: 'kept', evidence };
}

const again = 'gatehouse verify --probe';

/** Why nothing is proved by what was refused: a probe that cannot connect at all is refused everywhere. */
function doubtIn(own: Ran, controls: readonly Denial[]): string | undefined {
  if (!('answers' in own)) return `Whether a pod can connect at all is not known: ${own.why}`;
  if (own.doubt !== undefined) return own.doubt;
  if (controls.length === 0)
    return 'Neither the API server nor the DNS of the cluster has a Service to connect to';
  if (reachedBy(own, controls).length > 0) return undefined;
  const named = controls.map(({ to }) => to).join(' and ');
  return `A pod without policies reached not even ${named}: that others were refused says nothing`;
}

/** What the pod without policies connected to: it shows that the program, the image and the network can. */
function reachedBy(own: Ran, controls: readonly Denial[]): readonly Denial[] {
  if (!('answers' in own)) return [];
  const { letters } = own.answers;
  return controls.slice(0, own.controls).filter((_, at) => letters[at] === 'o');
}

const words: Readonly<Record<Exclude<ProbeLetter, 'o'>, string>> = {
  r: 'refused at once',
  t: 'without an answer',
  u: 'without a way',
  n: 'without a reason',
};

function tally(letters: readonly ProbeLetter[]): string {
  return Object.entries(words)
    .map(([letter, word]) => [letters.filter((each) => each === letter).length, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

function nameJudged({ host, expected, isExpected }: ProbeName, at: number, own: Ran): Answer {
  if (!('answers' in own))
    return { verdict: 'not checked', evidence: [`No pod could ask: ${own.why}`], remedy: again };
  const seen = own.answers.names[at];
  if (seen === undefined)
    return {
      verdict: 'not checked',
      evidence: [
        `${host} could not be looked up in a pod: the image has no program for it, or the name server does not answer`,
      ],
    };
  const shown = seen.length === 0 ? 'no address' : seen.join(', ');
  return {
    verdict: seen.every(isExpected) ? 'kept' : 'broken',
    evidence: [`${host}, asked in a pod: ${expected}, or no address, is expected, ${shown} was seen`],
  };
}
