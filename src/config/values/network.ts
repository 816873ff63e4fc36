import * as z from 'zod';
import { dnsSubdomain } from '../../kubernetes/names.ts';
import { raise } from '../finding.ts';
import { ipAddress } from './address.ts';

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A fully qualified host name in lower case (RFC 1123 labels, at least two), without scheme, port or final dot. */
export const hostname = z.string().superRefine((value, context) => {
  const labels = value.split('.');
  const last = labels.at(-1) ?? '';
  if (
    labels.length > 1 &&
    value.length <= 253 &&
    labels.every((part) => label.test(part)) &&
    !/^\d+$/.test(last)
  )
    return;
  const bare = value
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/[:/].*$/, '')
    .replace(/\.$/, '')
    .toLowerCase();
  raise(context, {
    code: 'not-a-hostname',
    message: 'invalid host name',
    shown: `"${value}" is not a valid host name`,
    expected:
      'a lower-case host name with a domain, without scheme, port and path, such as photos.example.org',
    ...(bare !== value && bare.includes('.') ? { suggestion: bare } : {}),
  });
});

/** A TCP or UDP port. */
export const port = z.number().superRefine((value, context) => {
  if (Number.isInteger(value) && value >= 1 && value <= 65_535) return;
  raise(context, {
    code: 'not-a-port',
    message: 'invalid port',
    shown: `${value} is not a valid port`,
    expected: 'a whole number from 1 to 65535, such as 8080',
  });
});

/** A port in the default NodePort range of the API server, 30000 to 32767. */
export const nodePort = z.number().superRefine((value, context) => {
  if (Number.isInteger(value) && value >= 30_000 && value <= 32_767) return;
  raise(context, {
    code: 'not-a-node-port',
    message: 'the port is outside of the NodePort range',
    shown: `${value} is outside of the NodePort range`,
    expected: 'a whole number from 30000 to 32767, such as 30080',
  });
});

/** An e-mail address as identity providers use it: ASCII, one @, and a host name after it. */
export const email = z.string().superRefine((value, context) => {
  const [mailbox = '', host = '', ...more] = value.split('@');
  const plain = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+$/.test(mailbox);
  if (more.length === 0 && plain && hostname.safeParse(host.toLowerCase()).success) return;
  raise(context, {
    code: 'not-an-email',
    message: 'invalid e-mail address',
    expected: 'an e-mail address, such as owner@example.org',
  });
});

/** The IP address of a server, or a name that the nodes can resolve. */
export const server = z.string().superRefine((value, context) => {
  if (ipAddress.safeParse(value).success || dnsSubdomain.holds(value)) return;
  raise(context, {
    code: 'not-a-server',
    message: 'invalid server address',
    expected: 'an IP address such as 192.0.2.20, or a host name such as nas.home.arpa',
  });
});
