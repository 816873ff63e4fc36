import { type AddressSet, parseBlock } from '../exposure/addresses.ts';
import { flow } from '../exposure/flow.ts';
import { judge } from '../exposure/judge.ts';
import type { Because, Certainty, Hop, ObjectRef, Protocol, Reach } from '../exposure/judgement.ts';
import { buildModel, type Model } from '../exposure/model.ts';
import type { Party } from '../exposure/network.ts';
import { backendsOf } from '../exposure/service.ts';
import { describe } from '../exposure/ways.ts';
import type { Workload } from '../exposure/workload.ts';
import { done, failed, type Outcome } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import { isPort, protocolNamed } from './queries.ts';
import type { Ground } from './reach.ts';
import { lineOf } from './ruleLine.ts';

/** What a person asks, as they wrote it. */
export interface Question {
  /** `namespace/pod`, `namespace/kind/name`, `internet`, `lan`, or a range of addresses. */
  from: string;
  /** `namespace/name:port`, with `/udp` or `/sctp` where it is not TCP. */
  to: string;
}

/** One way from the one to the other, or the attempt. */
export interface Way {
  from: string;
  to: ObjectRef;
  protocol: Protocol;
  port: number;
  verdict: Reach;
  /** What the policies of the receiving side say; nothing for a way through several stations. */
  ingress?: Reach;
  egress?: Reach;
  hops: readonly Hop[];
  /** What every request must satisfy on the way. */
  demands: readonly string[];
  gate: Certainty;
}

export interface QuestionAnswer {
  from: string;
  to: string;
  verdict: Reach;
  ways: readonly Way[];
  /** Why there is no way at all, or why it is not known. */
  why: readonly string[];
}

interface Target {
  workload: Workload;
  port: number;
  protocol: Protocol;
  certain: boolean;
  by: ObjectRef | undefined;
}

/** Answers one question. An end that is not among the objects is a problem, since a name may be misspelt. */
export function answerQuestion(ground: Ground, question: Question): Outcome<QuestionAnswer> {
  const model = buildModel(ground.objects, ground.assumptions);
  const targets = targetsOf(model, question.to);
  const from = sourceOf(model, question.from);
  const problems = [from, targets].flatMap((each) => ('code' in each ? [each] : []));
  if ('code' in from || 'code' in targets) return failed(...problems);
  const { ways, why } =
    from.kind === 'outside' ? waysFromOutside(ground, from.who, targets) : waysBetween(model, from, targets);
  const blind = ground.unseen.map(({ sentence }) => sentence);
  const verdict = blind.length > 0 ? 'unknown' : overall(ways, why.length > 0);
  const placed = ways.map((way) => ({
    ...way,
    hops: way.hops.map((hop) => ({ ...hop, because: hop.because.map((each) => withLine(each, ground)) })),
  }));
  return done({ ...question, verdict, ways: placed, why: [...why, ...blind] });
}

function withLine(because: Because, { textOf }: Ground): Because {
  const line = lineOf(because, textOf);
  return line === undefined ? because : { ...because, object: { ...because.object, line } };
}

function overall(ways: readonly Way[], open: boolean): Reach {
  if (ways.some(({ verdict }) => verdict === 'allowed')) return 'allowed';
  return open || ways.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'blocked';
}

type From =
  | { kind: 'outside'; who: 'internet' | 'lan' }
  | { kind: 'party'; name: string; party: Party; ref: ObjectRef | undefined };

function sourceOf(model: Model, text: string): From | Problem {
  if (text === 'internet' || text === 'lan') return { kind: 'outside', who: text };
  const addresses = parseBlock(text);
  if (addresses !== undefined)
    return { kind: 'party', name: text, party: partyAt(model, addresses), ref: undefined };
  const workload = workloadNamed(model, text);
  if (workload !== undefined)
    return { kind: 'party', name: describe(workload.ref), party: { workload }, ref: workload.ref };
  return {
    code: 'query-invalid',
    message: `--from ${text} is nothing among the objects, or several`,
    expected: 'namespace/pod, namespace/kind/name, internet, lan or a range of addresses',
  };
}

/** The pod that has exactly this address, or whoever has it. */
function partyAt(model: Model, addresses: AddressSet): Party {
  const [wanted] = addresses.intervals;
  const workload = model.workloads.find(({ addresses: own }) =>
    own?.intervals.some(
      ({ family, first, last }) =>
        family === wanted?.family && first === wanted.first && last === wanted.last && first === last,
    ),
  );
  return workload === undefined ? { addresses } : { workload };
}

function workloadNamed({ workloads }: Model, text: string): Workload | undefined {
  const [namespace, ...rest] = text.split('/');
  const [kind, name] = rest.length === 2 ? rest : [undefined, rest[0]];
  const found = workloads.filter(
    ({ ref, namespace: own }) =>
      own === namespace &&
      ref.name === name &&
      (kind === undefined || ref.kind.toLowerCase() === kind.toLowerCase()),
  );
  return found.find(({ ref }) => ref.kind === 'Pod') ?? (found.length === 1 ? found[0] : undefined);
}

function targetsOf(model: Model, text: string): readonly Target[] | Problem {
  const refuse = (message: string): Problem => ({
    code: 'query-invalid',
    message: `--to ${text} ${message}`,
    expected: 'namespace/name:port, or namespace/kind/name:port, with /udp or /sctp where it is not TCP',
  });
  const parts = /^([^:]+):([^/:]+)(?:\/(\w+))?$/.exec(text);
  const protocol = protocolNamed(parts?.[3] ?? 'TCP');
  const [, name, port] = parts ?? [];
  if (name === undefined || protocol === undefined || !isPort(port)) return refuse('cannot be read');
  const workload = workloadNamed(model, name);
  const service = workload?.ref.kind === 'Pod' ? [] : throughService(model, name, port, protocol);
  if (service.length > 0) return service;
  if (workload === undefined) return refuse('is nothing among the objects, or several');
  const number = /^\d+$/.test(port)
    ? Number(port)
    : workload.ports.find((own) => own.name === port && own.protocol === protocol)?.port;
  if (number === undefined) return refuse('names a port that it does not have');
  return [{ workload, port: number, protocol, certain: true, by: undefined }];
}

function throughService(model: Model, text: string, port: string, protocol: Protocol): readonly Target[] {
  const [namespace, ...rest] = text.split('/');
  if (rest.length === 2 && rest[0]?.toLowerCase() !== 'service') return [];
  const name = rest.at(-1);
  const service = model.services.find((each) => each.namespace === namespace && each.name === name);
  const own = service?.ports.find(
    (each) => each.protocol === protocol && (String(each.port) === port || each.name === port),
  );
  if (service === undefined || own === undefined) return [];
  return backendsOf(model.inNamespace(service.namespace), service, own).map((backend) => ({
    workload: backend.workload,
    port: backend.port,
    protocol: backend.protocol,
    certain: backend.truth === 'yes',
    by: service.ref,
  }));
}

interface Found {
  ways: readonly Way[];
  why: readonly string[];
}

function waysBetween(model: Model, from: From & { kind: 'party' }, targets: readonly Target[]): Found {
  const ways = targets.map(({ workload, port, protocol, certain, by }): Way => {
    const { verdict, ingress, egress, because } = flow(
      model.network,
      from.party,
      { workload },
      protocol,
      port,
    );
    const through: Hop[] =
      by === undefined ? [] : [{ at: describe(by), object: by, controls: [], because: [] }];
    const hop: Hop = {
      at: describe(workload.ref),
      object: workload.ref,
      protocol,
      port,
      controls: [],
      because,
    };
    return {
      from: from.name,
      to: workload.ref,
      ...{ protocol, port, ingress, egress, demands: [], gate: 'none' as const },
      verdict: certain || verdict === 'blocked' ? verdict : 'unknown',
      hops: [...through, hop],
    };
  });
  return { ways, why: [] };
}

/** Ways from outside are those of the access map: nothing outside has a pod's address to speak to. */
function waysFromOutside(ground: Ground, who: 'internet' | 'lan', targets: readonly Target[]): Found {
  const { entries, unknowns } = judge(ground.objects, ground.assumptions);
  const mine = entries.filter((entry) => entry.who === who);
  const ways = mine.flatMap((entry): readonly Way[] => {
    const last = entry.hops.at(-1);
    const target = targets.find(
      ({ workload, port, protocol }) =>
        isSameRef(workload.ref, entry.to) && last?.port === port && last.protocol === protocol,
    );
    if (target === undefined) return [];
    const { from, verdict, hops, demands, gate } = entry;
    return [
      {
        from,
        to: target.workload.ref,
        protocol: target.protocol,
        port: target.port,
        verdict,
        hops,
        demands,
        gate,
      },
    ];
  });
  if (who === 'lan' && ground.assumptions.lan.length === 0)
    return { ways, why: ['The ranges of the home network are not known: name them with --lan'] };
  const astray = mine.filter(({ to, verdict }) => to === undefined && verdict === 'unknown');
  const hidden = unknowns.filter(({ object }) => object !== undefined);
  return { ways, why: [...astray, ...hidden].map(({ sentence }) => sentence) };
}

function isSameRef(one: ObjectRef, other: ObjectRef | undefined): boolean {
  return (
    other !== undefined &&
    one.kind === other.kind &&
    one.name === other.name &&
    one.namespace === other.namespace &&
    one.file === other.file
  );
}
