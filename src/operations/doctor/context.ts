import type { Plan } from '../../compile/plan.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import type { Environment } from '../../system/environment.ts';
import type { Clone } from '../reconcile/pushed.ts';

/** What the checks of `doctor` are made from. */
export interface DoctorContext {
  configuration: Configuration;
  plan: Plan;
  clone: Clone;
  environment: Environment;
}
