import { compile } from '../../compile/compile.ts';
import type { Plan, SecretDelivery } from '../../compile/plan.ts';
import { catalogue } from '../../components/catalogue.ts';
import type { StatusEntry } from '../../components/contract/status.ts';
import type { PrivateValues } from '../../config/private.ts';
import { type Configuration, openConfiguration } from '../../private-values/configuration.ts';
import { withGeneratedSecrets } from '../../private-values/generate.ts';
import { encryptedPrivateFile, plainPrivateFile } from '../../private-values/privateValuesFile.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Environment } from '../../system/environment.ts';
import { notAtGitRoot } from '../gitRoot.ts';
import { encryptCommand, isLostWithComputer } from '../plainValues.ts';
import { clusterPrerequisites } from './clusterPrerequisites.ts';
import type { StatusItem } from './item.ts';
import { missingValues } from './missingValues.ts';

/** What is left to do, as far as the files show it. */
export interface Status {
  /** By priority, the highest first. */
  left: readonly StatusItem[];
  /** What was not checked, and the command that checks it where there is one. */
  notChecked: readonly { what: string; command?: string }[];
  /** Every private value and secret of the configuration: no report may contain one. */
  hidden: PrivateValues;
}

/**
 * Lists what is left to do before the configuration works as it says. Reads files only, writes nothing and asks no
 * cluster. Values that are missing are part of the list; any other problem is returned as such.
 */
export async function readStatus(directory: string, environment: Environment): Promise<Outcome<Status>> {
  const misplaced = await notAtGitRoot(directory);
  if (misplaced.length > 0) return err(...misplaced);
  const opened = await openConfiguration(directory, environment);
  if (!opened.ok) return withoutPlan(opened.problems);
  const completed = await withGeneratedSecrets(opened.value, environment);
  if (!completed.ok) return completed;
  const { loaded } = completed.value.configuration;
  const { plan, problems } = compile(loaded, catalogue);
  const hidden = new Map([...loaded.private, ...loaded.secret]);
  if (plan === undefined) return withoutPlan(problems, hidden);
  return ok({
    left: byPriority([
      ...plan.status,
      ...secretsByHand(plan),
      ...(await plainFile(completed.value.configuration)),
    ]),
    notChecked: [...beyondFiles, ...clusterPrerequisites(plan)],
    hidden,
  });
}

const order: readonly StatusEntry['priority'][] = ['high', 'medium', 'low'];

function byPriority(items: readonly StatusItem[]): StatusItem[] {
  return order.flatMap((priority) => items.filter((item) => item.priority === priority));
}

const beyondFiles: Status['notChecked'] = [
  {
    what: 'the cluster: which Secrets it has, which steps of docs/quickstart.md are done, and what runs there',
  },
  { what: 'whether the files are what cluster.yaml says', command: 'gatehouse configure --check' },
  { what: 'whether every promise holds', command: 'gatehouse check' },
];

/** The status of a configuration that has no plan because values are missing, and nothing else is wrong. */
function withoutPlan(problems: readonly Problem[], hidden: PrivateValues = new Map()): Outcome<Status> {
  const noFile = problems.find(({ code }) => code === 'private-file-missing');
  const missing = missingValues(problems.filter((problem) => problem !== noFile));
  if (missing === undefined) return err(...problems);
  return ok({
    left: [...(noFile ? [missingFile(noFile)] : []), ...missing],
    notChecked: [
      { what: 'what else is left: the configuration does not compile until these values are set' },
      ...beyondFiles,
    ],
    hidden,
  });
}

function missingFile({ message, remedy = '' }: Problem): StatusItem {
  return {
    id: 'private-values-file',
    missing: message,
    source: remedy,
    minutes: 5,
    priority: 'high',
    field: 'secrets.recipients',
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
      command: encryptCommand,
    },
  ];
}

/** A Secret that is not delivered in Git: the user creates it. Whether that is done, only the cluster knows. */
function secretsByHand({ secrets }: Plan): StatusItem[] {
  return secrets.filter(({ sops }) => sops === undefined).map(secretByHand);
}

function secretByHand({ namespace, name, purpose, keys, field }: SecretDelivery): StatusItem {
  const sources = [...new Set(keys.map(({ source }) => source))].join('; ');
  return {
    id: `secret-${namespace}-${name}`,
    missing: `the Secret ${namespace}/${name}, unless the cluster has it already: ${purpose}`,
    source: `${sources}. docs/quickstart.md has the command, under Secrets`,
    minutes: 1,
    priority: 'high',
    field,
  };
}
