import { createCommand } from '../../compile/documents/createCommand.ts';
import type { SecretDelivery } from '../../compile/plan.ts';
import { ageSecret, namespace } from '../../components/shared/fluxNames.ts';
import { fieldsAt } from '../../kubernetes/fields.ts';
import type { Answer, Check } from '../../live/check.ts';
import type { LiveCluster } from '../../live/cluster.ts';
import { broken, unlessWrong } from './answers.ts';
import type { DoctorContext } from './context.ts';
import { liveCheck } from './liveCheck.ts';

/** Whether the Secrets that a user makes by hand are there. Only the names of their keys are looked at. */
export function secretChecks({ plan, configuration }: DoctorContext): Check[] {
  const byHand = plan.secrets.filter(({ sops, name }) => sops === undefined && name !== ageSecret.name);
  const { recipients } = configuration.loaded.cluster.secrets;
  return [
    ...(recipients.length === 0 ? [] : [ageSecretCheck()]),
    ...byHand.map((secret) =>
      liveCheck(
        {
          id: `secret-${secret.namespace}-${secret.name}`,
          promise: `The Secret ${secret.namespace}/${secret.name} is there, with ${secret.purpose}`,
          field: secret.field,
          remedy: oneLine(createCommand(secret)),
        },
        (cluster) => hasKeys(cluster, secret),
      ),
    ),
  ];
}

function ageSecretCheck(): Check {
  const wanted = { namespace, name: ageSecret.name, keys: [] };
  return liveCheck(
    {
      id: `secret-${namespace}-${ageSecret.name}`,
      promise: `The Secret ${namespace}/${ageSecret.name} is there, with the key with which Flux decrypts`,
      field: 'secrets.recipients',
      remedy: `kubectl -n ${namespace} create secret generic ${ageSecret.name} --from-file=${ageSecret.key}="$HOME/.config/sops/age/keys.txt"`,
    },
    async (cluster) => {
      const names = await keysOf(cluster, wanted);
      if (names === undefined) return broken(['There is no such Secret']);
      return unlessWrong(
        names.some((name) => name.endsWith('.agekey'))
          ? []
          : ['None of its keys ends in .agekey: Flux takes none for a key'],
        [`It has ${names.join(', ')}`],
      );
    },
  );
}

async function hasKeys(cluster: LiveCluster, secret: SecretDelivery): Promise<Answer> {
  const names = await keysOf(cluster, secret);
  if (names === undefined) return broken(['There is no such Secret']);
  const missing = secret.keys.map(({ key }) => key).filter((key) => !names.includes(key));
  return unlessWrong(
    missing.map((key) => `It lacks the key ${key}`),
    [`It has ${names.join(', ')}`],
    `kubectl -n ${secret.namespace} delete secret ${secret.name}, and then: ${oneLine(createCommand(secret))}`,
  );
}

/** The names of its keys. The values are dropped here. */
async function keysOf(
  cluster: LiveCluster,
  { name, namespace }: Pick<SecretDelivery, 'name' | 'namespace'>,
): Promise<string[] | undefined> {
  const secret = await cluster.get({ apiVersion: 'v1', kind: 'Secret', name, namespace });
  return secret === undefined ? undefined : Object.keys(fieldsAt(secret, 'data')).sort();
}

function oneLine(command: string): string {
  return command.replaceAll(/ \\\n +/g, ' ').replaceAll('\n', ' && ');
}
