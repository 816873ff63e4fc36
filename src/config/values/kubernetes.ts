import * as z from 'zod';
import {
  dnsLabel,
  dnsSubdomain,
  labelKey as labelKeyRule,
  labelValue as labelValueRule,
  type NameRule,
  serviceName as serviceNameRule,
} from '../../kubernetes/names.ts';
import { raise, type ValueFinding } from '../finding.ts';

function text(pattern: RegExp, finding: ValueFinding): z.ZodType<string, string> {
  return z.string().superRefine((value, context) => {
    if (!pattern.test(value)) raise(context, { shown: `"${value}": ${finding.message}`, ...finding });
  });
}

function named({ holds, expected }: NameRule): z.ZodType<string, string> {
  return z.string().superRefine((value, context) => {
    const message = 'Kubernetes would reject this name';
    if (!holds(value))
      raise(context, { code: 'not-a-name', message, shown: `"${value}": ${message}`, expected });
  });
}

/** A DNS label, such as the name of a namespace. */
export const labelName = named(dnsLabel);

/** A DNS subdomain: the name of most other objects, such as nodes and storage classes. */
export const objectName = named(dnsSubdomain);

/** The name of a Service. */
export const serviceName = named(serviceNameRule);

/** The key and the value of a label. */
export const labelKey = named(labelKeyRule);
export const labelValue = named(labelValueRule);

/** A resource quantity (apimachinery `resource.Quantity`): `500m`, `2Gi`, `1e3`. */
export const quantity = text(/^[+-]?(\d+|\d+\.\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/, {
  code: 'not-a-quantity',
  message: 'invalid quantity',
  expected: 'a Kubernetes resource quantity, such as 500m, 2Gi or 1Ti',
});

/** A quantity of bytes greater than zero. */
export const size = text(/^(?!0+(\.0*)?([A-Za-z]|$))\d+(\.\d+)?([KMGTPE]i|[kMGTPE])$/, {
  code: 'not-a-size',
  message: 'invalid size',
  expected: 'a size in bytes with a unit, such as 20Gi or 1Ti',
});

/** A duration as `time.ParseDuration` of Go and Flux parse it: `10m`, `1h30m`. */
export const duration = text(/^(\d+(\.\d+)?(ms|s|m|h))+$/, {
  code: 'not-a-duration',
  message: 'invalid duration',
  expected: 'a duration with the units h, m, s or ms, such as 10m or 1h30m',
});

/** A full version with three numbers, with or without `v`. */
export const version = text(/^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, {
  code: 'not-a-version',
  message: 'invalid version',
  expected: 'a version with three numbers, such as 1.36.0',
});

/** A container image pinned to a version: a tag that is not `latest`, or a digest. */
export const image = z.string().superRefine((value, context) => {
  const match =
    /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+(:(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]*))?(@sha256:(?<digest>[0-9a-f]{64}))?$/.exec(
      value,
    );
  const { tag, digest } = match?.groups ?? {};
  if (match && (digest || (tag && tag !== 'latest'))) return;
  raise(context, {
    code: 'not-a-pinned-image',
    message: 'the image is not pinned to a version',
    shown: `the image "${value}" is not pinned to a version`,
    expected: 'registry/name:tag with a tag other than latest, or registry/name@sha256:…',
  });
});

/** A user or group ID other than root. */
export const id = z.number().superRefine((value, context) => {
  if (Number.isInteger(value) && value >= 1 && value <= 2_147_483_647) return;
  raise(context, {
    code: 'not-an-id',
    message: value === 0 ? 'the ID 0 is root' : 'invalid user or group ID',
    expected: 'a whole number from 1 to 2147483647, such as 1000',
  });
});
