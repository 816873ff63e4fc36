import { groupOf } from '../kubernetes/object.ts';
import { describeObject, type ObjectRef, refOf, type SourcedObject } from '../manifests/sourcedObject.ts';
import type { Analysis } from './analysisResult.ts';
import type { RouteControls } from './gateways/analysedRule.ts';
import type { InvariantId, Proof } from './invariants/registry.ts';
import type { Certainty, Entry, Evidence } from './model/analysis.ts';
import { mayChangeGate, mayOpen } from './otherForms.ts';

/**
 * Objects that may not be there. Two analyses tell what is certain: `most` with all of them, `fewest` with none. What both
 * say alike is certain, and the rest is unknown.
 *
 * That is sound for every set of them that is there. Policies of networks and labels of Namespaces are uncertain one by
 * one, so `most` already says "unknown" where one of them decides. Workloads, Services and routes only add paths, so
 * `most` has each path of every set. Configuration decides by itself which of two objects wins, so one group of it is
 * compared as a whole, and with several groups nothing about paths is proved.
 */
export interface Comparison {
  most: Analysis;
  fewest: Analysis;
  /** The objects that may not be there. */
  uncertain: readonly SourcedObject[];
  /** Those of them that the cluster may run in another form. */
  otherForms: readonly SourcedObject[];
  /** The namespaces of Gateways. */
  gatewayNamespaces: ReadonlySet<string>;
  /** The objects that reasons are about, by the reason. */
  causes: ReadonlyMap<string, ObjectRef>;
}

/** Invariants about the objects as they are written. */
const ofFiles: ReadonlySet<InvariantId> = new Set(['objects-valid', 'secrets-encrypted']);

/** Kinds of which one object decides what another one means. */
function isConfiguration({ object }: SourcedObject): boolean {
  const group = groupOf(object);
  if (group === '') return object.kind === 'ConfigMap' || object.kind === 'Secret';
  return group === 'gateway.networking.k8s.io' || group === 'gateway.envoyproxy.io';
}

/** What is certain of an analysis whatever of the uncertain objects is there. */
export function certainOf(comparison: Comparison): Analysis {
  const { most, fewest, uncertain, causes } = comparison;
  const doubt = doubtOf(uncertain, causes);
  return {
    entries: certainEntries(most.entries, fewest.entries, doubt).map((entry) =>
      entryWithOtherForms(entry, comparison),
    ),
    proofs: certainProofs(most.proofs, fewest.proofs, doubt).map((proof) =>
      withOtherForms(proof, comparison),
    ),
    assumptions: [...new Set([...most.assumptions, ...fewest.assumptions])],
    unknowns: most.unknowns,
  };
}

interface Doubt {
  why: readonly string[];
  uncertain: readonly SourcedObject[];
  severalDecide: boolean;
  causes: ReadonlyMap<string, ObjectRef>;
}

function doubtOf(uncertain: readonly SourcedObject[], causes: Doubt['causes']): Doubt {
  const reasons = (objects: readonly SourcedObject[]) => new Set(objects.map((each) => each.uncertain ?? ''));
  return {
    why: [...reasons(uncertain)],
    uncertain,
    severalDecide: reasons(uncertain.filter(isConfiguration)).size > 1,
    causes,
  };
}

function sentenceOf({ why }: Doubt): string {
  const more = why.length > 1 ? `; and ${why.length - 1} more` : '';
  return `it is not certain what is applied: ${insideSentence(why[0] ?? '')}${more}`;
}

/** For each reason the object that it is about, or the first object that it makes uncertain. */
function evidenceOf({ uncertain, why, causes }: Doubt): readonly Evidence[] {
  return why.flatMap((sentence) => {
    const all = uncertain.filter((each) => each.uncertain === sentence);
    const source = all.find((each) => sentence.startsWith(`${describeObject(refOf(each))} `)) ?? all[0];
    const object = causes.get(sentence) ?? (source && refOf(source));
    return object === undefined ? [] : [{ object, rule: sentence }];
  });
}

function withoutCopies(evidence: readonly Evidence[]): readonly Evidence[] {
  return [...new Map(evidence.map((each) => [JSON.stringify(each), each])).values()];
}

/** A sentence after a colon. */
function insideSentence(text: string): string {
  return text.replace(/^The /, 'the ');
}

/** A promise that nothing is open, where the cluster may run another form of what may open it. */
function withOtherForms(proof: Proof, { otherForms, gatewayNamespaces, causes }: Comparison): Proof {
  if (proof.verdict !== 'proved') return proof;
  const uncertain = otherForms.filter((source) => mayOpen(source, proof, gatewayNamespaces));
  return uncertain.length === 0 ? proof : unknownProof(proof, undefined, doubtOf(uncertain, causes));
}

function certainProofs(most: readonly Proof[], fewest: readonly Proof[], doubt: Doubt): readonly Proof[] {
  const keyOf = ({ invariant, claim }: Proof): string => `${invariant} ${claim}`;
  const without = new Map(fewest.map((proof) => [keyOf(proof), proof]));
  const withAll = new Set(most.map(keyOf));
  const merged = most.map((proof): Proof => {
    const other = without.get(keyOf(proof));
    if (ofFiles.has(proof.invariant)) return proof;
    if (proof.verdict === 'unknown') return explained(proof, doubt);
    const isSettled =
      other?.verdict === proof.verdict && !(proof.verdict === 'proved' && doubt.severalDecide);
    return isSettled ? proof : unknownProof(proof, other, doubt);
  });
  const onlyWithout = fewest.filter((proof) => !withAll.has(keyOf(proof)) && !ofFiles.has(proof.invariant));
  return [
    ...merged,
    ...onlyWithout.map((proof) =>
      proof.verdict === 'unknown' ? proof : unknownProof(proof, undefined, doubt),
    ),
  ];
}

/** A proof that is unknown because of an uncertain object says why that object is uncertain. */
function explained(proof: Proof, doubt: Doubt): Proof {
  const rules = new Set(proof.evidence.map(({ rule }) => rule));
  const why = doubt.why.filter((sentence) => rules.has(sentence));
  if (why.length === 0) return proof;
  const evidence = [...evidenceOf({ ...doubt, why }), ...proof.evidence];
  return { ...proof, sentence: `${proof.sentence}; ${sentenceOf(doubt)}`, evidence: withoutCopies(evidence) };
}

const remedy = 'Fix what keeps it from being applied for certain';

function unknownProof(proof: Proof, other: Proof | undefined, doubt: Doubt): Proof {
  const telling =
    proof.verdict === 'proved' && other !== undefined && other.verdict !== 'proved' ? other : proof;
  const said = telling.verdict === 'proved' ? '' : `${telling.sentence}; `;
  const evidence = [...evidenceOf(doubt), ...(telling.verdict === 'proved' ? [] : telling.evidence)];
  return { ...telling, verdict: 'unknown', sentence: `${said}${sentenceOf(doubt)}`, evidence, remedy };
}

const strength: readonly Certainty[] = ['none', 'unknown', 'presence', 'program', 'verified'];

function certainEntries(most: readonly Entry[], fewest: readonly Entry[], doubt: Doubt): readonly Entry[] {
  const placeOf = ({ who, from, to, hops, likely }: Entry): string =>
    JSON.stringify([
      who,
      from,
      to?.kind,
      to?.namespace,
      to?.name,
      hops.map(({ at, port }) => [at, port]),
      likely,
    ]);
  const without = new Map(fewest.map((entry) => [placeOf(entry), entry]));
  const withAll = new Set(most.map(placeOf));
  return [
    ...most.map((entry) => {
      if (entry.likely === true) return entry;
      const other = without.get(placeOf(entry));
      if (other?.verdict === entry.verdict && other.gate === entry.gate) return entry;
      const weaker = other !== undefined && strength.indexOf(other.gate) < strength.indexOf(entry.gate);
      return doubted(weaker ? other : entry, doubt);
    }),
    ...fewest
      .filter((entry) => entry.likely !== true && !withAll.has(placeOf(entry)))
      .map((entry) => doubted(entry, doubt)),
  ];
}

function doubted(entry: Entry, doubt: Doubt): Entry {
  return { ...entry, verdict: 'unknown', sentence: `${entry.sentence}; ${sentenceOf(doubt)}` };
}

/** A way through a Gateway, where the cluster may run another form of what the Gateway demands. */
function entryWithOtherForms(entry: Entry, { otherForms, causes }: Comparison): Entry {
  const objects = entry.hops.map(({ object }) => object);
  if (entry.verdict === 'unknown' || entry.gate === 'none') return entry;
  if (!objects.some(({ kind }) => kind === 'Gateway')) return entry;
  const namespaces = new Set(objects.map(({ namespace }) => namespace));
  const uncertain = otherForms.filter((source) => mayChangeGate(source, namespaces));
  return uncertain.length === 0 ? entry : doubted(entry, doubtOf(uncertain, causes));
}

/** What each rule of each route demands, whatever of the uncertain objects is there. */
export function certainRoutes(
  routesOf: (objects: readonly SourcedObject[]) => readonly RouteControls[],
  objects: readonly SourcedObject[],
): readonly RouteControls[] {
  const uncertain = objects.filter((each) => each.uncertain !== undefined);
  const most = routesOf(objects);
  if (uncertain.length === 0) return most;
  const doubt = doubtOf(uncertain, new Map());
  const placeOf = ({ route, rule, gateway, listener }: RouteControls): string =>
    JSON.stringify([route, rule.index, gateway, listener.name, listener.owner]);
  const demandsOf = ({ controls, unknowns, hostnames, seesClient }: RouteControls): string =>
    JSON.stringify([controls, unknowns, hostnames, seesClient]);
  const without = new Map(
    routesOf(objects.filter((each) => each.uncertain === undefined)).map((each) => [placeOf(each), each]),
  );
  return most.map((route) => {
    const other = without.get(placeOf(route));
    const places = [route.route, route.gateway, route.listener.owner];
    const namespaces = new Set(places.map(({ namespace }) => namespace));
    const isSettled =
      other !== undefined &&
      demandsOf(other) === demandsOf(route) &&
      !doubt.severalDecide &&
      !uncertain.some((source) => mayChangeGate(source, namespaces));
    return isSettled ? route : { ...route, unknowns: [...route.unknowns, sentenceOf(doubt)] };
  });
}
