/** How the list of what is left names a component, and where it puts it: `docs/remaining-work.md`. */
export interface Listing {
  /** The name of the system, with what it is for where the name does not say it: "VolSync (PVC Backup)". */
  title: string;
  /**
   * `recovery`: without it data is lost with the cluster. `operations`: what keeps the cluster itself in order. `access`:
   * the way in. `app`: what people use.
   */
  area: 'recovery' | 'operations' | 'access' | 'app';
  /** The document that says how it is set up, from the root of the repository. */
  guide: string;
}
