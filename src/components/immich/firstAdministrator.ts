/** How long the program waits, in seconds. */
export interface Patience {
  /** In all, before it fails. */
  total: number;
  /** Between two requests. */
  pause: number;
  /** For one answer. */
  answer: number;
}

/**
 * Kubelet waits longer before each restart, up to five minutes, and forgets that only after a run of more than ten
 * minutes (`MaxContainerBackOff` in kubelet.go, `hasExpired` in client-go's backoff.go). So each run lasts longer than
 * that, and asks often: a server that comes up late is found within seconds.
 */
export const patience: Patience = { total: 900, pause: 3, answer: 5 };

/** What it prints, after `IMMICH_SETUP: `. */
export const setupMessages = {
  created: 'administrator created',
  present: 'already has an administrator',
  waiting: 'Immich does not answer yet',
  refused: 'refused with status',
  gaveUp: 'Immich has not answered',
} as const;

/**
 * The program of the setup Job: asks until Immich answers, and makes the first account if there is none. It exits with 0
 * when there is one, and with 1 when Immich refuses the account or does not answer in time.
 */
export function firstAdministratorProgram({ total, pause, answer }: Patience): string {
  // No template literals in it: Flux would take `${…}` for a variable of its own.
  return `import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const read = (key) => readFileSync('/etc/immich-admin/' + key, 'utf8').trim();
const bootstrap = existsSync('/etc/immich-admin/email');
const account = bootstrap
  ? { email: read('email'), password: read('password'), name: existsSync('/etc/immich-admin/name') ? read('name') : 'Administrator' }
  : { email: process.env.OWNER_EMAIL, password: randomBytes(48).toString('base64url'), name: 'Owner' };

const say = (message) => console.log('IMMICH_SETUP: ' + message);
const finish = (message, code) => {
  say(message);
  process.exit(code);
};
const request = (path, options) =>
  fetch(process.env.IMMICH_URL + path, { ...options, signal: AbortSignal.timeout(${answer * 1000}) });

// Returns why there is no answer yet.
const attempt = async () => {
  const config = await request('/api/server/config');
  if (!config.ok) return 'status ' + config.status;
  const { isInitialized } = await config.json();
  if (isInitialized === true) finish('${setupMessages.present}', 0);
  if (isInitialized !== false) return 'not the configuration of a server';
  const response = await request('/api/auth/admin-sign-up', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  });
  if (response.ok) finish('${setupMessages.created}', 0);
  if (response.status < 500) finish('${setupMessages.refused} ' + response.status, 1);
  return 'status ' + response.status;
};

const end = Date.now() + ${total * 1000};
let said;
for (;;) {
  const why = await attempt().catch((error) => error.cause?.code ?? error.message);
  if (why !== said) say('${setupMessages.waiting}: ' + why);
  said = why;
  if (Date.now() > end) finish('${setupMessages.gaveUp} for ${total} seconds', 1);
  await setTimeout(${pause * 1000});
}
`;
}
