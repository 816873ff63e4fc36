import { everyValue, type PrivateValues } from '../../config/private.ts';
import type { Answer, Check, CheckResult } from '../../live/check.ts';
import type { ClusterChoice } from '../../live/kubeconfig.ts';
import { type OpenCluster, openCluster } from '../../live/openCluster.ts';
import { runChecks } from '../../live/runChecks.ts';
import { type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { openPlan } from '../openPlan.ts';
import { readClone } from '../reconcile/pushed.ts';
import { broken, kept, notChecked } from './answers.ts';
import { computerChecks } from './computerChecks.ts';
import type { DoctorContext } from './context.ts';
import { gitChecks } from './gitChecks.ts';
import { liveChecks } from './liveChecks.ts';

/** What `doctor` found. */
export interface Diagnosis {
  results: readonly CheckResult[];
  /** Every private value and secret of the configuration: no report may contain one. */
  hidden: PrivateValues;
}

/** Which directory and which cluster. */
export interface DoctorInputs extends ClusterChoice {
  directory: string;
}

/**
 * Looks for what is missing before something is pushed: on this computer, in the clone, and in the cluster. It writes
 * nothing. Without a cluster that answers, only what needs none is checked.
 */
export async function doctor(inputs: DoctorInputs): Promise<Outcome<Diagnosis>> {
  const read = await readContext(inputs);
  if (!read.ok) return read;
  const context = read.value;
  const { loaded } = context.configuration;
  const { uid } = loaded.cluster.cluster;
  const opened = await openCluster({ ...inputs, uid, patience: { whole: 8_000, later: 2_000 } });
  const cluster = opened.ok ? opened.value : undefined;
  try {
    const checks = [
      ...gitChecks(context.clone, loaded.cluster.repository),
      ...computerChecks(context),
      identityCheck(opened),
      ...liveChecks(context),
    ];
    const results = await runChecks(checks, { cluster, now: inputs.environment.now });
    return ok({ results, hidden: everyValue(loaded) });
  } finally {
    cluster?.close();
  }
}

async function readContext({ directory, environment }: DoctorInputs): Promise<Outcome<DoctorContext>> {
  const opened = await openPlan(directory, environment);
  if (!opened.ok) return opened;
  const { configuration, plan } = opened.value;
  const clone = await readClone(directory, environment.env, configuration.loaded.cluster.repository);
  return ok({ configuration, plan, clone, environment });
}

/** Whether the kubeconfig leads to the cluster, whose identity was confirmed. */
function identityCheck(opened: Outcome<OpenCluster>): Check {
  return {
    id: 'cluster',
    promise: 'The kubeconfig leads to the cluster that cluster.yaml is for',
    field: 'cluster.uid',
    remedy: 'gatehouse doctor --confirm',
    ask: async () =>
      opened.ok
        ? kept(`The context "${opened.value.context}" leads to ${opened.value.server}`)
        : answerOf(opened.problems),
  };
}

/** A cluster that is another one, or not confirmed, is broken; one that does not answer was not checked. */
function answerOf(problems: readonly Problem[]): Answer {
  const messages = problems.map(({ message }) => message);
  const remedy = problems.find((problem) => problem.remedy !== undefined)?.remedy;
  const isWrong = problems.some(
    ({ code }) => code === 'cluster-unconfirmed' || code === 'cluster-is-another',
  );
  return isWrong ? broken(messages, remedy) : notChecked(messages.join('; '), remedy);
}
