import { policyErrors } from './faultRows.ts';
import { listeners } from './listenerRows.ts';
import { precedence } from './precedenceRows.ts';
import type { Row } from './row.ts';
import { targets } from './targetRows.ts';
import { worth } from './worthRows.ts';

/** Every situation of the table, with requests and the answers of Envoy. */
export const rows: readonly Row[] = [...precedence, ...targets, ...policyErrors, ...worth, ...listeners];
