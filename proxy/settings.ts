import type { Expectation } from './claims.ts';

/** What the configuration of nginx says, as variables declared with `js_var`. */
export interface Settings {
  expected: Expectation;
  /** HTTPS address of the keys. */
  certificates: string;
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
    certificates: text('certificates'),
  };
}
