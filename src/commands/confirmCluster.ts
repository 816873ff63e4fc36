import { type Candidate, candidateOf, writeUid } from '../operations/doctor/confirm.ts';
import type { DoctorInputs } from '../operations/doctor/doctor.ts';
import type { Problem } from '../problems/problem.ts';
import { printable } from '../report/printable.ts';
import type { GatehouseContext } from './context.ts';
import { asked } from './prompts.ts';

/**
 * Writes the UID of the cluster into `cluster.yaml`, once the user has confirmed it: on a terminal by an answer, otherwise by
 * the UID itself.
 *
 * @returns why nothing was written
 */
export async function confirmCluster(
  context: GatehouseContext,
  inputs: DoctorInputs,
  given: string,
): Promise<readonly Problem[]> {
  const found = await candidateOf(inputs);
  if (!found.ok) return found.problems;
  const { uid } = found.value;
  const isTerminal = context.input?.isTTY === true && context.process.stderr.isTTY === true;
  if (given === '' && !isTerminal) return [needsUid(found.value)];
  if (given !== '' && given !== uid) return [anotherUid(found.value, given)];
  context.process.stderr.write(described(found.value));
  if (given === '' && !(await isConfirmed()))
    return [
      {
        code: 'cluster-unconfirmed',
        message: 'the cluster was not confirmed, so that cluster.yaml stays as it is',
      },
    ];
  const written = await writeUid(inputs.directory, uid);
  if (!written.ok) return written.problems;
  const said =
    written.value === 'written' ? 'cluster.yaml is for this cluster now' : 'cluster.yaml says so already';
  context.process.stderr.write(`${said}: cluster.uid is ${uid}\n\n`);
  return [];
}

async function isConfirmed(): Promise<boolean> {
  const { confirm } = await import('@clack/prompts');
  const message = 'Is that the cluster of this cluster.yaml?';
  return (await asked((place) => confirm({ ...place, message, initialValue: false }))) === true;
}

function described({ context, server, nodes, uid }: Candidate): string {
  const lines = [
    `context  ${context}`,
    `server   ${server}`,
    `nodes    ${nodes === undefined ? 'this user may not list them' : nodes.join(', ')}`,
    `UID      ${uid}`,
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

function needsUid({ context, server, uid }: Candidate): Problem {
  return {
    code: 'no-value',
    message: `nobody can be asked here whether the context "${context}" (${server}) is the right cluster`,
    expected: 'a terminal, or the UID of the cluster',
    remedy: `if that is the one: gatehouse doctor --confirm ${uid}`,
  };
}

function anotherUid({ context, server, uid }: Candidate, given: string): Problem {
  return {
    code: 'cluster-is-another',
    field: 'cluster.uid',
    message: `the context "${context}" (${server}) is the cluster ${uid}, and not ${given}`,
    remedy: 'name the other one with --context',
  };
}
