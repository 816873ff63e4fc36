import type { StatusEntry } from '../../components/contract/status.ts';

/** Something that is left to do, and the command that does it where there is one. */
export interface StatusItem extends StatusEntry {
  command?: string;
}
