import type { DeliveredKey } from '../compile/plan.ts';
import { restarting, secretDeliveries } from '../compile/secretDelivery.ts';
import { catalogue, clusterSchema } from '../components/catalogue.ts';
import { loadCluster } from '../config/load.ts';
import { defined } from '../kubernetes/defined.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Change } from '../repository/change.ts';
import { changeOfUserFile } from '../repository/replaceFile.ts';
import { generateSecret } from '../secrets/generate.ts';
import type { Environment } from '../system/environment.ts';
import type { Configuration } from './configuration.ts';
import { encryptPrivateValues, openEditSession, type Saved, savePrivateValues } from './editSession.ts';
import { withValue } from './fieldEdits.ts';
import { encryptedPrivateFile } from './privateValuesFile.ts';

/** A configuration with every secret that can be generated, and the change of the private values file for it. */
export interface ConfigurationWithSecrets {
  configuration: Configuration;
  privateFile?: Change;
}

/**
 * Generates the secrets that are delivered in Git and that the encrypted private values file does not have yet. They
 * stay in memory until the change of the file is written with everything else.
 */
export async function withGeneratedSecrets(
  configuration: Configuration,
  environment: Environment,
): Promise<Outcome<ConfigurationWithSecrets>> {
  const wanted = secretDeliveries(configuration.loaded, catalogue)
    .filter(({ sops }) => sops !== undefined)
    .flatMap(({ keys }) =>
      keys.flatMap(({ field, generate: make, value }) =>
        field && make && value === undefined ? [{ field, make }] : [],
      ),
    );
  if (wanted.length === 0 || configuration.loaded.cluster.secrets.recipients.length === 0)
    return ok({ configuration });
  const opened = await openEditSession(configuration.directory, environment);
  if (!opened.ok) return opened;
  const session = opened.value;
  // A plain file belongs to the user: missing values are reported, not added.
  if (session.privateFile.encrypted === undefined) return ok({ configuration });
  let { text } = session;
  // Several Secrets may hold the same value: that of a bucket and those of its clients.
  for (const [field, make] of new Map(wanted.map((key) => [key.field, key.make]))) {
    const next = withValue({ text }, { path: field.split('.'), isList: false }, generateSecret(make));
    if (!next.ok) return next;
    text = next.value;
  }
  const sealed = await encryptPrivateValues(session, text, environment.now());
  if (!sealed.ok) return sealed;
  const source = { file: encryptedPrivateFile, bytes: new TextEncoder().encode(text) };
  const { loaded, problems } = loadCluster({ cluster: session.cluster, privateFile: source }, clusterSchema);
  if (loaded === undefined) return err(...problems);
  return ok({
    configuration: { ...configuration, loaded },
    privateFile: changeOfUserFile({
      path: encryptedPrivateFile,
      content: sealed.value,
      before: session.privateFile.encrypted,
    }),
  });
}

/** A secret that is generated once stays: a new password would open none of the backups. */
function canRegenerate({ generate: make, once }: DeliveredKey): boolean {
  return make !== undefined && once !== true;
}

/** A secret that was generated again, and what must happen before it takes effect. */
export interface Regenerated extends Saved {
  name: string;
  namespace: string;
  fields: string[];
  /** The workloads that read it at start and must be restarted. */
  usedBy: readonly string[];
  replacing?: string;
}

/**
 * Generates a secret again and saves it in the private values file. It takes effect when `configure` has written it,
 * Flux has delivered it, and the workloads that read it have restarted.
 *
 * @param name - of the Secret
 */
export async function regenerateSecret(
  configuration: Configuration,
  environment: Environment,
  name: string,
): Promise<Outcome<Regenerated>> {
  const candidates = secretDeliveries(configuration.loaded, catalogue).filter(
    ({ sops, keys }) => sops !== undefined && keys.some((key) => canRegenerate(key)),
  );
  const need = candidates.find((candidate) => candidate.name === name);
  if (need === undefined) {
    const names = candidates.map((candidate) => candidate.name);
    return err({
      code: 'not-a-choice',
      message: `${name} is not a Secret that Gatehouse makes and delivers`,
      expected: names.length === 0 ? 'a Secret with "delivery: sops"; there is none' : names.join(', '),
    });
  }
  const opened = await openEditSession(configuration.directory, environment);
  if (!opened.ok) return opened;
  const made = need.keys.flatMap((key) => {
    const { field, generate: make } = key;
    return field && make && canRegenerate(key) ? [{ field, make }] : [];
  });
  let { text } = opened.value;
  for (const { field, make } of made) {
    const next = withValue({ text }, { path: field.split('.'), isList: false }, generateSecret(make));
    if (!next.ok) return next;
    text = next.value;
  }
  const saved = await savePrivateValues(opened.value, text, environment.now());
  if (!saved.ok) return saved;
  const { namespace, usedBy, replacing } = need;
  return ok(
    defined({
      ...saved.value,
      name,
      namespace,
      usedBy: restarting(usedBy),
      fields: made.map(({ field }) => field),
      replacing,
    }),
  );
}
