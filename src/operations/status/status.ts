import { compile } from '../../compile/compile.ts';
import type { Of, Plan, SecretDelivery } from '../../compile/plan.ts';
import { catalogue } from '../../components/catalogue.ts';
import type { StatusEntry } from '../../components/contract/status.ts';
import { readDocument } from '../../config/document.ts';
import { everyValue, type PrivateValues } from '../../config/private.ts';
import { defined } from '../../kubernetes/defined.ts';
import type { CheckResult } from '../../live/check.ts';
import { clusterFile } from '../../private-values/clusterFile.ts';
import { type Configuration, openConfiguration } from '../../private-values/configuration.ts';
import { withGeneratedSecrets } from '../../private-values/generate.ts';
import { encryptedPrivateFile, plainPrivateFile } from '../../private-values/privateValuesFile.ts';
import { readSource } from '../../private-values/readSource.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { readGitState } from '../../repository/gitState.ts';
import type { Environment } from '../../system/environment.ts';
import { exceptionItems } from '../exceptions.ts';
import { notAtGitRoot } from '../gitRoot.ts';
import { encryptCommand, isLostWithComputer } from '../plainValues.ts';
import { readRecord } from '../verify/record.ts';
import { clusterPrerequisites } from './clusterPrerequisites.ts';
import { type ComponentStatus, componentStates, statesWithoutPlan } from './components.ts';
import { readDeployment } from './deployment.ts';
import type { StatusItem } from './item.ts';
import { missingValues } from './missingValues.ts';
import { oldBecause, readVerified, type Verified } from './verified.ts';

/** What is left to do, as far as this computer knows it. */
export interface Status {
  /** By priority, the highest first. */
  left: readonly StatusItem[];
  /** What was not checked, and the command that checks it where there is one. */
  notChecked: readonly { what: string; command?: string }[];
  /** Promises that the last run of `verify` found broken. */
  broken: readonly BrokenPromise[];
  /** Every component of the catalogue, those that are broken first. */
  components: readonly ComponentStatus[];
  /** Undefined where values are missing, so that the configuration does not compile. */
  plan: Plan | undefined;
  /** Every private value and secret of the configuration: no report may contain one. */
  hidden: PrivateValues;
}

/** A promise that the last run of `verify` found broken, and why that may not hold any more. */
export interface BrokenPromise extends CheckResult {
  commit: string;
  old?: string;
}

/**
 * Lists what is left to do before the configuration works as it says. Reads files and what Git knows without a remote,
 * writes nothing and asks no cluster. Values that are missing are part of the list; any other problem is returned as such.
 */
export async function readStatus(directory: string, environment: Environment): Promise<Outcome<Status>> {
  const misplaced = await notAtGitRoot(directory);
  if (misplaced.length > 0) return err(...misplaced);
  // Git and the record are read while this process compiles.
  const reading = Promise.all([readGitState(directory), readRecord(directory)]);
  const opened = await openConfiguration(directory, environment);
  const [git, record] = await reading;
  const verified = record.ok && record.value ? await readVerified(directory, record.value, git) : undefined;
  const broken = brokenPromises(verified, environment.now());
  const unread = record.ok ? [] : record.problems.map(unreadRecord);
  const seen = { directory, broken, unread };
  if (!opened.ok) return withoutPlan(opened.problems, seen);
  const completed = await withGeneratedSecrets(opened.value, environment);
  if (!completed.ok) return completed;
  const { loaded } = completed.value.configuration;
  const { plan, problems } = compile(loaded, catalogue);
  const hidden = everyValue(loaded);
  if (plan === undefined) return withoutPlan(problems, { ...seen, hidden });
  const now = environment.now();
  const items = [
    ...plan.status,
    ...exceptionItems(plan.exceptions, now),
    ...secretsByHand(plan),
    ...(await plainFile(completed.value.configuration)),
  ];
  const open = byPriority(items.filter((item) => !isConfirmed(item, verified, now)));
  const applied = record.ok ? record.value : undefined;
  const deployment = await readDeployment(directory, plan, loaded.cluster.repository, git, applied);
  const components = componentStates(catalogue, open, { plan, deployment, verified, now });
  const done = new Set(components.flatMap(({ name, state }) => (state === 'verified' ? [name] : [])));
  return ok({
    // What is verified has the Secrets that it needs.
    left: open.filter(({ component, place }) => !(place === 'cluster' && done.has(component))),
    notChecked: [...unread, ...beyondFiles, ...clusterPrerequisites(plan)],
    broken,
    components,
    plan,
    hidden,
  });
}

function brokenPromises(verified: Verified | undefined, now: Date): BrokenPromise[] {
  if (verified === undefined) return [];
  return verified.results.flatMap((result) => {
    if (result.verdict !== 'broken') return [];
    return [defined({ ...result, commit: verified.commit, old: oldBecause(verified, [result], now) })];
  });
}

/** Whether `verify` saw in the cluster what an item asks for: its check has the id of the item. */
function isConfirmed({ id, place }: StatusItem, verified: Verified | undefined, now: Date): boolean {
  const result = verified?.results.find((each) => each.id === id);
  if (verified === undefined || result === undefined || place !== 'cluster') return false;
  return result.verdict === 'kept' && oldBecause(verified, [result], now) === undefined;
}

function unreadRecord({ message, remedy }: Problem): Status['notChecked'][number] {
  return { what: remedy === undefined ? message : `${message}. ${remedy}` };
}

const order: readonly StatusEntry['priority'][] = ['high', 'medium', 'low'];

function byPriority(items: readonly StatusItem[]): StatusItem[] {
  return order.flatMap((priority) => items.filter((item) => item.priority === priority));
}

const beyondFiles: Status['notChecked'] = [
  {
    what: 'the cluster: which Secrets it has, which steps of docs/quickstart.md are done, and what runs there',
    command: 'gatehouse verify',
  },
  { what: 'whether the files are what cluster.yaml says', command: 'gatehouse configure --check' },
  { what: 'whether every promise holds', command: 'gatehouse check' },
];

/** The status of a configuration that has no plan because values are missing, and nothing else is wrong. */
async function withoutPlan(
  problems: readonly Problem[],
  {
    directory,
    broken,
    unread,
    hidden = new Map(),
  }: Pick<Status, 'broken'> & { directory: string; unread: Status['notChecked']; hidden?: PrivateValues },
): Promise<Outcome<Status>> {
  const noFile = problems.find(({ code }) => code === 'private-file-missing');
  const missing = missingValues(problems.filter((problem) => problem !== noFile));
  if (missing === undefined) return err(...problems);
  const left = [...(noFile ? [missingFile(noFile)] : []), ...missing];
  return ok({
    left,
    broken,
    components: statesWithoutPlan(catalogue, left, await sectionsOf(directory)),
    plan: undefined,
    notChecked: [
      ...unread,
      { what: 'what else is left: the configuration does not compile until these values are set' },
      ...beyondFiles,
    ],
    hidden,
  });
}

/** The sections of `cluster.yaml` that are not turned off, of a configuration that need not be complete. */
async function sectionsOf(directory: string): Promise<ReadonlySet<string>> {
  const source = await readSource(directory, clusterFile);
  if (source === undefined || 'problem' in source) return new Set();
  const { document } = readDocument(clusterFile, Buffer.from(source.bytes).toString('utf8'));
  const sections = Object.entries(Object(document?.value));
  return new Set(sections.flatMap(([name, value]) => (Object(value).enabled === false ? [] : [name])));
}

function missingFile({ message, remedy = '' }: Problem): StatusItem {
  return {
    id: 'private-values-file',
    missing: message,
    source: remedy,
    minutes: 5,
    priority: 'high',
    field: 'secrets.recipients',
    component: 'flux',
    place: 'file',
    command: 'gatehouse secrets edit',
  };
}

/** A plain private values file in a work tree: with the computer its values are lost. */
async function plainFile({ directory, loaded }: Configuration): Promise<StatusItem[]> {
  if (!(await isLostWithComputer(directory, loaded))) return [];
  return [
    {
      id: 'plain-private-values',
      missing: `${encryptedPrivateFile}: the private values are only on this computer, in ${plainPrivateFile}, which Git ignores`,
      source: 'the plain file, which the command encrypts and removes',
      minutes: 1,
      priority: 'medium',
      field: 'secrets.recipients',
      component: 'flux',
      place: 'file',
      command: encryptCommand,
    },
  ];
}

/** A Secret that is not delivered in Git: the user creates it. Whether that is done, only the cluster knows. */
function secretsByHand({ secrets }: Plan): StatusItem[] {
  return secrets.filter(({ sops }) => sops === undefined).map(secretByHand);
}

function secretByHand({ namespace, name, purpose, keys, field, component }: Of<SecretDelivery>): StatusItem {
  const sources = [...new Set(keys.map(({ source }) => source))].join('; ');
  return {
    id: `secret-${namespace}-${name}`,
    missing: `the Secret ${namespace}/${name}, unless the cluster has it already: ${purpose}`,
    source: `${sources}. docs/quickstart.md has the command, under Secrets`,
    minutes: 1,
    priority: 'high',
    field,
    component,
    place: 'cluster',
  };
}
