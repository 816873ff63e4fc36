import { restarting, secretNeeds } from '../compile/secretDelivery.ts';
import { catalogue, clusterSchema } from '../components/catalogue.ts';
import type { SecretKey } from '../components/contract/component.ts';
import { loadCluster } from '../config/load.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Change } from '../repository/change.ts';
import { changeOfUserFile } from '../repository/replaceFile.ts';
import { generateSecret } from '../secrets/generate.ts';
import type { Environment } from '../system/environment.ts';
import type { Configuration } from './configuration.ts';
import { encryptPrivateValues, openEditSession, type Saved, savePrivateValues } from './editSession.ts';
import { withValue } from './fieldEdits.ts';
import { encryptedPrivateFile } from './privateValuesFile.ts';

/** A workspace in which nothing is missing that can be made, and how the overlay changes for it. */
export interface Completed {
  workspace: Configuration;
  overlay?: Change;
}

/**
 * Makes the secrets that are to be delivered in Git and that nobody has to know, where the encrypted overlay does
 * not have them yet. They exist in memory until the change of the overlay is written with everything else.
 */
export async function withGeneratedSecrets(
  configuration: Configuration,
  environment: Environment,
): Promise<Outcome<Completed>> {
  const wanted = secretNeeds(configuration.loaded, catalogue)
    .filter(({ sops }) => sops !== undefined)
    .flatMap(({ keys }) =>
      keys.flatMap(({ field, generate: make, value }) =>
        field && make && value === undefined ? [{ field, make }] : [],
      ),
    );
  if (wanted.length === 0 || configuration.loaded.cluster.secrets.recipients.length === 0)
    return ok({ workspace: configuration });
  const opened = await openEditSession(configuration.directory, environment);
  if (!opened.ok) return opened;
  const session = opened.value;
  // A plain overlay is a person's file: what is missing in it is said, not added.
  if (session.privateFile.encrypted === undefined) return ok({ workspace: configuration });
  let { text } = session;
  // The same value may stand in several Secrets: that of a bucket, and that of who uses it.
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
    workspace: { ...configuration, loaded },
    overlay: changeOfUserFile({
      path: encryptedPrivateFile,
      content: sealed.value,
      before: session.privateFile.encrypted,
    }),
  });
}

/** What was made once stays: a new password would open none of the backups. */
function canRemake({ generate: make, once }: SecretKey): boolean {
  return make !== undefined && once !== true;
}

/** A secret that was made anew, and what has to happen for it to count. */
export interface Remade extends Saved {
  name: string;
  namespace: string;
  fields: string[];
  /** Who reads it when it starts, and must be started again. */
  usedBy: readonly string[];
  replacing?: string;
}

/**
 * Makes a generated secret anew and keeps it in the overlay. It counts when `configure` has written it, Flux has
 * delivered it, and whoever reads it has started again.
 *
 * @param name - of the Secret
 */
export async function remakeSecret(
  configuration: Configuration,
  environment: Environment,
  name: string,
): Promise<Outcome<Remade>> {
  const candidates = secretNeeds(configuration.loaded, catalogue).filter(
    ({ sops, keys }) => sops !== undefined && keys.some((key) => canRemake(key)),
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
    return field && make && canRemake(key) ? [{ field, make }] : [];
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
  return ok({
    ...saved.value,
    ...{ name, namespace, usedBy: restarting(usedBy), fields: made.map(({ field }) => field) },
    ...(replacing === undefined ? {} : { replacing }),
  });
}
