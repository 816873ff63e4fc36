import type { StatusEntry } from '../../components/contract/status.ts';

/** Something that is left to do, and the command that does it where there is one. */
export interface StatusItem extends StatusEntry {
  /** The component that waits for it. */
  component: string;
  command?: string;
  /** Where it is done, if not in its field. Of what is done in the cluster, only the cluster knows. */
  place?: 'cluster' | 'file';
}
