import type { Expectation } from './claims.ts';

/** The settings in the nginx configuration, variables declared with `js_var`. */
export interface Settings {
  expected: Expectation;
  source: KeySource;
}

/** The source of the keys, and the limits of their fetches. */
export interface KeySource {
  /** HTTPS address of the keys. */
  certificates: string;
  /** Older keys are fetched again, milliseconds. */
  lifetime: number;
  /** At most one fetch in this time, milliseconds. */
  cooldown: number;
  /** Requests that may wait for a fetch at a time, in all workers. */
  waiting: number;
}

/** Reads the settings from the variables of a request or of a periodic run. */
export function readSettings(variables: NginxVariables): Settings {
  const text = (name: string) => variables[`gatehouse_${name}`] ?? '';
  const list = (name: string) =>
    text(name)
      .split(' ')
      .filter((word) => word !== '');
  const allowed = { emails: list('emails'), serviceTokens: list('service_tokens') };
  return {
    expected: {
      issuer: text('issuer'),
      audiences: list('audiences'),
      // Anything but a plain "off" keeps the list in force.
      ...(text('allowlist') === 'off' ? {} : { allowed }),
    },
    source: {
      certificates: text('certificates'),
      lifetime: Number(text('key_lifetime')) * 1000,
      cooldown: Number(text('key_cooldown')) * 1000,
      waiting: Number(text('key_waiting')),
    },
  };
}
