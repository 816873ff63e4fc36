/** A rule for a name in Kubernetes. */
export interface NameRule {
  holds: (value: string) => boolean;
  /** The expected form, for messages. */
  expected: string;
}

function rule(pattern: RegExp, longest: number, expected: string): NameRule {
  return { holds: (value) => value.length <= longest && pattern.test(value), expected };
}

/**
 * The rules are those of k8s.io/apimachinery, pkg/util/validation/validation.go, unless noted otherwise.
 */

/** Namespaces, and labels between the dots of other names: `IsDNS1123Label`. */
export const dnsLabel = rule(
  /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/,
  63,
  'at most 63 lower-case letters, digits and hyphens, with a letter or digit at both ends',
);

/** Most objects: `IsDNS1123Subdomain`. */
export const dnsSubdomain = rule(
  /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
  253,
  'at most 253 lower-case letters, digits, hyphens and dots, with a letter or digit at the ends of each part',
);

/** Services: `IsDNS1035Label`, which unlike the others starts with a letter. */
export const serviceName = rule(
  /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/,
  63,
  'at most 63 lower-case letters, digits and hyphens, with a letter first and a letter or digit last',
);

/** Ports of containers and Services: `IsValidPortName`. */
export const portName: NameRule = {
  holds: (value) => value.length <= 15 && /^[a-z0-9](?:-?[a-z0-9])*$/.test(value) && /[a-z]/.test(value),
  expected: 'at most 15 lower-case letters, digits and single hyphens, with a letter among them',
};

/** Keys of ConfigMaps and Secrets: `IsConfigMapKey`. */
export const dataKey: NameRule = {
  holds: (value) =>
    value.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(value) && value !== '.' && !value.startsWith('..'),
  expected: 'at most 253 letters, digits, hyphens, underscores and dots, and no ".." at the start',
};

const qualifiedPart = rule(/^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/, 63, '');

/** Keys of labels and annotations: `IsQualifiedName`. */
export const labelKey: NameRule = {
  holds: (value) => {
    const slash = value.indexOf('/');
    if (slash < 0) return qualifiedPart.holds(value);
    return qualifiedPart.holds(value.slice(slash + 1)) && dnsSubdomain.holds(value.slice(0, slash));
  },
  expected:
    'a name of at most 63 letters, digits, hyphens, underscores and dots, after a domain and a slash or alone',
};

/** Values of labels: `IsValidLabelValue`. */
export const labelValue: NameRule = {
  holds: (value) => value === '' || qualifiedPart.holds(value),
  expected:
    'at most 63 letters, digits, hyphens, underscores and dots, with a letter or digit at both ends, or nothing',
};
