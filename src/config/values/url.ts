import * as z from 'zod';
import { raise } from '../finding.ts';
import { hostname } from './network.ts';

/** An https URL of a host with a path, at the port of https, without user, query and fragment. */
export const httpsUrl = z.string().superRefine((value, context) => {
  const match = /^https:\/\/(?<host>[a-z0-9.-]+)(\/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?$/.exec(value);
  if (match !== null && hostname.safeParse(match.groups?.['host']).success) return;
  raise(context, {
    code: 'not-an-https-url',
    message: value.startsWith('http://')
      ? 'plain http: anybody on the way could answer'
      : 'invalid https URL',
    expected: 'an https URL without port, query and fragment, such as https://id.example.org/realms/home',
  });
});
