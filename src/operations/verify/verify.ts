import type { Plan, PlannedCheck } from '../../compile/plan.ts';
import { catalogue } from '../../components/catalogue.ts';
import { everyValue, type PrivateValues } from '../../config/private.ts';
import type { Asking, Check, CheckName, CheckResult } from '../../live/check.ts';
import { type LiveCluster, LiveError } from '../../live/cluster.ts';
import { declaredCheck, placeOf } from '../../live/questions/ask.ts';
import { placeInStore } from '../../live/questions/newestObject.ts';
import { type RunOptions, runChecks } from '../../live/runChecks.ts';
import { type StorePlace, storeRun } from '../../live/store/storeRun.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import { redactor } from '../../private-values/redact.ts';
import { redactValues } from '../../private-values/redactValues.ts';
import { shortenedValues } from '../../private-values/shortenedValues.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Environment } from '../../system/environment.ts';
import { assumptionsOf } from '../assumptions.ts';
import { exceptionsBefore } from '../check/acceptedExceptions.ts';
import { acceptedNow } from '../exceptions.ts';
import { openPlan } from '../openPlan.ts';
import { calendarChecks } from './calendar/calendar.ts';
import { objectChecks } from './checks.ts';
import { readDump } from './dump.ts';
import { askedHere, probeNames } from './elsewhere.ts';
import { type FollowedTree, followedTree } from './followedTree.ts';
import { fromDump } from './fromDump.ts';
import { probeChecks } from './probe/probeChecks.ts';
import { notJudged, promiseChecks } from './promises.ts';

/** What verify asks with. */
export interface Verifiable {
  directory: string;
  configuration: Configuration;
  plan: Plan;
  tree: FollowedTree;
  /** Every private value and secret of the configuration: no report may contain one. */
  hidden: PrivateValues;
  environment: Environment;
}

/** What a run found. No text in it holds a private value. */
export interface Verified {
  /** When it ended, as RFC 3339. */
  at: string;
  /** The commit that should run; undefined for a directory without Git. */
  commit: string | undefined;
  context: string;
  results: readonly CheckResult[];
  /** What was not asked about. */
  notes: readonly string[];
  /** How many requests the API server got. */
  requests: number;
}

export interface VerifyOptions extends RunOptions {
  /** Only checks whose id or component begins with one of these. */
  only?: readonly string[] | undefined;
  /** The one host that is asked from outside. */
  host?: string | undefined;
  /** Why there is no cluster to ask, where there is none. */
  unreached?: string | undefined;
}

/** Reads the configuration, and the tree that Flux follows. No cluster is asked. */
export async function prepareVerify(
  directory: string,
  environment: Environment,
): Promise<Outcome<Verifiable>> {
  const opened = await openPlan(directory, environment);
  if (!opened.ok) return opened;
  const { configuration, plan } = opened.value;
  const tree = await followedTree(directory, configuration, environment);
  if (!tree.ok) return tree;
  const hidden = everyValue(configuration.loaded);
  return ok({ directory, configuration, plan, tree: tree.value, hidden, environment });
}

/**
 * Asks the cluster whether it runs what Git says, and whether every promise still holds: what Flux applied, the objects, the
 * pods, the same proofs from what runs, and what each component declares. Nothing is changed, except by probes where there is a
 * writer: they remove what they make.
 *
 * @returns a problem where `only` or `host` names nothing
 */
export async function verify(
  verifiable: Verifiable,
  asking: Asking & Required<Pick<Asking, 'cluster'>>,
  { only, host, unreached, ...options }: VerifyOptions,
): Promise<Outcome<Verified>> {
  const { cluster } = asking;
  const { tree, hidden } = verifiable;
  const values = verifiable.configuration.loaded.private;
  const here = askedHere(verifiable.plan.checks, asking, { values, host });
  if (host !== undefined && !here.checks.some(({ question }) => placeOf(question) === 'internet'))
    return err(noSuchHost);
  const { checks: all, cluster: read, notes } = await checksOf(verifiable, asking, here.checks, unreached);
  const chosen = all.filter((check) => isChosen(check, only));
  if (chosen.length === 0) return err(nothingChosen(only ?? [], all));
  const stores = storeRun(placesInStores(here.checks.filter((check) => isChosen(check, only))));
  const results = await runChecks(chosen, { ...asking, cluster: read, stores }, options);
  return ok(
    shortenedValues(
      redactValues(
        {
          at: asking.now().toISOString(),
          commit: tree.commit,
          context: cluster?.context ?? '',
          results,
          notes: [...tree.notes, ...notes, ...here.notes, ...skewOf(cluster?.clockAhead())],
          requests: cluster?.sent() ?? 0,
        },
        hidden,
      ),
    ),
  );
}

interface Asked {
  checks: readonly Check[];
  cluster: LiveCluster | undefined;
  notes: readonly string[];
}

async function checksOf(
  { configuration, plan, tree, directory, hidden, environment }: Verifiable,
  { cluster, writer }: Asking,
  here: readonly PlannedCheck[],
  unreached: string | undefined,
): Promise<Asked> {
  const { repository, commit, acceptances } = tree;
  const { loaded } = configuration;
  const declared = here.map((check) => declaredCheck(check, hidden));
  if (cluster === undefined) {
    const why = new LiveError('unreachable', unreached ?? 'There is no cluster to ask');
    return { checks: [unreadable(why), ...declared], cluster, notes: [] };
  }
  const inGit = [...repository.objects, ...repository.outside];
  const dump = await readDump(
    cluster,
    inGit.map(({ object }) => object),
  ).catch((error: unknown) => {
    if (error instanceof LiveError) return { error };
    throw error;
  });
  if ('error' in dump) return { checks: [unreadable(dump.error), ...declared], cluster, notes: [] };
  const read = fromDump(cluster, dump);
  const url = loaded.cluster.repository.url;
  const assumptions = assumptionsOf(configuration, plan);
  // As with acceptances: an exception that was not pushed excuses nothing that runs.
  const pushed =
    commit === undefined ? plan.exceptions : await exceptionsBefore(directory, commit, plan.exceptions);
  const checks = [
    ...promiseChecks(dump, {
      inGit: repository.objects,
      assumptions,
      acceptances: [...acceptances, ...acceptedNow(pushed, environment.now())],
      redact: redactor(hidden),
    }),
    ...objectChecks(dump, { plan, repository, commit, url, componentOf }),
    ...declared,
    ...(await calendarChecks({
      settings: loaded.cluster,
      exceptions: plan.exceptions,
      cluster: read,
      environment,
    })),
    ...(writer === undefined
      ? []
      : probeChecks({
          inGit: repository.objects,
          dump,
          assumptions,
          images: plan.probeImages,
          names: probeNames(plan.checks, loaded.private, dump),
        })),
  ];
  return { checks, cluster: read, notes: notJudged(dump) };
}

function componentOf(section: string): string | undefined {
  return catalogue.find((component) => component.section === section)?.name;
}

function unreadable(error: LiveError): Check {
  return {
    id: 'cluster-readable',
    promise: 'The objects of the cluster can be read',
    remedy: 'Ask again when the API server answers',
    ask: () => Promise.reject(error),
  };
}

const noSuchHost: Problem = {
  code: 'nothing-to-judge',
  message: 'no route of the configuration has the hostname of the URL',
  expected: 'https:// and the hostname of a route',
  remedy: 'run "gatehouse verify --from outside" without a URL, which asks every route',
};

function placesInStores(checks: readonly PlannedCheck[]): readonly StorePlace[] {
  return checks.flatMap(({ question }) =>
    question.kind === 'newest-object' ? [placeInStore(question)] : [],
  );
}

function isChosen({ id, component }: CheckName, only: readonly string[] | undefined): boolean {
  return only === undefined || only.some((name) => id.startsWith(name) || component === name);
}

function nothingChosen(only: readonly string[], all: readonly Check[]): Problem {
  const components = [...new Set(all.flatMap(({ component }) => component ?? []))].toSorted();
  return {
    code: 'nothing-to-judge',
    message: `no check is called ${only.join(' or ')}`,
    expected: `the beginning of the id of a check, or a component: ${components.join(', ')}`,
    remedy: 'run "gatehouse verify" without --only, which prints the id of each check',
  };
}

/** Tokens and certificates are judged by clocks. */
const mostSkew = 30_000;

function skewOf(ahead: number | undefined): readonly string[] {
  if (ahead === undefined || Math.abs(ahead) < mostSkew) return [];
  const seconds = Math.round(Math.abs(ahead) / 1000);
  return [`The clock of the API server is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} this computer`];
}
