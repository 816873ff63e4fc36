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
    message: 'this is not a host name',
    shown: `"${value}" is not a host name`,
    expected: 'a name with a domain, in lower case, without scheme, port or path, such as photos.example.org',
    ...(bare !== value && bare.includes('.') ? { suggestion: bare } : {}),
  });
});

/** A TCP or UDP port. */
export const port = z.number().superRefine((value, context) => {
  if (Number.isInteger(value) && value >= 1 && value <= 65_535) return;
  raise(context, {
    code: 'not-a-port',
    message: 'this is not a port',
    shown: `${value} is not a port`,
    expected: 'a whole number from 1 to 65535',
  });
});

/** A port of the range that Kubernetes gives to NodePort Services (kube-apiserver's default, 30000 to 32767). */
export const nodePort = z.number().superRefine((value, context) => {
  if (Number.isInteger(value) && value >= 30_000 && value <= 32_767) return;
  raise(context, {
    code: 'not-a-node-port',
    message: 'the API server would refuse this as a NodePort',
    shown: `${value} is outside of the NodePort range`,
    expected: 'a whole number from 30000 to 32767',
  });
});

/** An e-mail address as identity providers use it: one @, a host name behind it, in ASCII. */
export const email = z.string().superRefine((value, context) => {
  const [mailbox = '', host = '', ...more] = value.split('@');
  const plain = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+$/.test(mailbox);
  if (more.length === 0 && plain && hostname.safeParse(host.toLowerCase()).success) return;
  raise(context, {
    code: 'not-an-email',
    message: 'this is not an e-mail address',
    expected: 'an address such as owner@example.org',
  });
});

/** A server by address, or by a name of one or more labels that the nodes can resolve. */
export const server = z.string().superRefine((value, context) => {
  if (ipAddress.safeParse(value).success || dnsSubdomain.holds(value)) return;
  raise(context, {
    code: 'not-a-server',
    message: 'this is neither an address nor a name of a server',
    expected: 'an address such as 192.0.2.20, or a name such as nas.home.arpa',
  });
});
