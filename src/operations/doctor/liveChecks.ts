import type { Check } from '../../live/check.ts';
import { clusterChecks } from './clusterChecks.ts';
import type { DoctorContext } from './context.ts';
import { definitionChecks } from './definitionChecks.ts';
import { networkChecks } from './networkChecks.ts';
import { secretChecks } from './secretChecks.ts';
import { storageChecks } from './storageChecks.ts';
import { versionChecks } from './versionChecks.ts';

/** Everything that is asked of the cluster. */
export function liveChecks(context: DoctorContext): Check[] {
  return [
    ...versionChecks(context),
    ...networkChecks(context),
    ...storageChecks(context),
    ...definitionChecks(context),
    ...clusterChecks(context),
    ...secretChecks(context),
  ];
}
