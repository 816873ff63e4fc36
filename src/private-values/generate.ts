import { restarting, secretNeeds } from '../compile/secretDelivery.ts';
import { catalogue, clusterSchema } from '../components/catalogue.ts';
import type { SecretKey } from '../components/contract/component.ts';
import { loadCluster } from '../config/load.ts';
import { done, failed, type Outcome } from '../problems/outcome.ts';
import type { Change } from '../repository/change.ts';
import { changeOfTheirs } from '../repository/replaceFile.ts';
import { makeSecret } from '../secrets/generate.ts';
import type { Surroundings } from '../system/environment.ts';
import type { Workspace } from './configuration.ts';
import { openOverlay, type Saved, saveOverlay, sealOverlay } from './editSession.ts';
import { withValue } from './fieldEdits.ts';
import { encryptedOverlay } from './privateValuesFile.ts';

/** A workspace in which nothing is missing that can be made, and how the overlay changes for it. */
export interface Completed {
  workspace: Workspace;
  overlay?: Change;
}

/**
 * Makes the secrets that are to be delivered in Git and that nobody has to know, where the encrypted overlay does
 * not have them yet. They exist in memory until the change of the overlay is written with everything else.
 */
export async function withMadeSecrets(
  workspace: Workspace,
  surroundings: Surroundings,
): Promise<Outcome<Completed>> {
  const wanted = secretNeeds(workspace.loaded, catalogue)
    .filter(({ sops }) => sops !== undefined)
    .flatMap(({ keys }) =>
      keys.flatMap(({ field, make, value }) =>
        field && make && value === undefined ? [{ field, make }] : [],
      ),
    );
  if (wanted.length === 0 || workspace.loaded.cluster.secrets.recipients.length === 0)
    return done({ workspace });
  const opened = await openOverlay(workspace.directory, surroundings);
  if (!opened.ok) return opened;
  const desk = opened.value;
  // A plain overlay is a person's file: what is missing in it is said, not added.
  if (desk.overlay.encrypted === undefined) return done({ workspace });
  let { text } = desk;
  // The same value may stand in several Secrets: that of a bucket, and that of who uses it.
  for (const [field, make] of new Map(wanted.map((key) => [key.field, key.make]))) {
    const next = withValue({ text }, { path: field.split('.'), isList: false }, makeSecret(make));
    if (!next.ok) return next;
    text = next.value;
  }
  const sealed = await sealOverlay(desk, text, surroundings.now());
  if (!sealed.ok) return sealed;
  const source = { file: encryptedOverlay, bytes: new TextEncoder().encode(text) };
  const { loaded, problems } = loadCluster({ cluster: desk.cluster, overlay: source }, clusterSchema);
  if (loaded === undefined) return failed(...problems);
  return done({
    workspace: { ...workspace, loaded },
    overlay: changeOfTheirs({
      path: encryptedOverlay,
      content: sealed.value,
      before: desk.overlay.encrypted,
    }),
  });
}

/** What was made once stays: a new password would open none of the backups. */
function canRemake({ make, once }: SecretKey): boolean {
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
  workspace: Workspace,
  surroundings: Surroundings,
  name: string,
): Promise<Outcome<Remade>> {
  const candidates = secretNeeds(workspace.loaded, catalogue).filter(
    ({ sops, keys }) => sops !== undefined && keys.some((key) => canRemake(key)),
  );
  const need = candidates.find((candidate) => candidate.name === name);
  if (need === undefined) {
    const names = candidates.map((candidate) => candidate.name);
    return failed({
      code: 'not-a-choice',
      message: `${name} is not a Secret that Gatehouse makes and delivers`,
      expected: names.length === 0 ? 'a Secret with "delivery: sops"; there is none' : names.join(', '),
    });
  }
  const opened = await openOverlay(workspace.directory, surroundings);
  if (!opened.ok) return opened;
  const made = need.keys.flatMap((key) => {
    const { field, make } = key;
    return field && make && canRemake(key) ? [{ field, make }] : [];
  });
  let { text } = opened.value;
  for (const { field, make } of made) {
    const next = withValue({ text }, { path: field.split('.'), isList: false }, makeSecret(make));
    if (!next.ok) return next;
    text = next.value;
  }
  const saved = await saveOverlay(opened.value, text, surroundings.now());
  if (!saved.ok) return saved;
  const { namespace, usedBy, replacing } = need;
  return done({
    ...saved.value,
    ...{ name, namespace, usedBy: restarting(usedBy), fields: made.map(({ field }) => field) },
    ...(replacing === undefined ? {} : { replacing }),
  });
}
