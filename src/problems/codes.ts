/**
 * Every code that Gatehouse can report, with what `gatehouse explain CODE` says about it. The keys are the
 * closed union: a code that is not here does not compile. `exit` is the exit code that a run ends with:
 * 1 found something, 2 invalid input or usage, 3 the surroundings failed, 4 something is unknown.
 */
export const codes = {
  // Reading a text
  'text-not-found': { exit: 2, means: 'The file is not there.' },
  'text-empty': { exit: 2, means: 'The file holds nothing but white space and comments.' },
  'text-too-large': { exit: 2, means: 'The file is far larger than a configuration that a person writes.' },
  'text-not-utf8': { exit: 2, means: 'The file is not text in UTF-8, so that nobody knows what it says.' },
  'yaml-syntax': { exit: 2, means: 'The text is not YAML.' },
  'tab-as-indent': {
    exit: 2,
    means: 'YAML forbids tabs for indentation: readers disagree about their width.',
  },
  'duplicate-key': {
    exit: 2,
    means: 'The same key stands twice in one map; readers disagree about which one counts.',
  },
  'many-documents': { exit: 2, means: 'The file holds several YAML documents; only one would be read.' },
  'yaml-indirection': {
    exit: 2,
    means: 'Anchors, aliases, merges and tags are refused: what stands in a line is what it means.',
  },
  'not-a-map': { exit: 2, means: 'A configuration is a map of sections.' },
  // What a configuration says
  'unknown-key': {
    exit: 2,
    means: 'The field does not exist. A misspelt field would otherwise do nothing, silently.',
  },
  'missing-field': {
    exit: 2,
    means: 'A field that is needed is not there. Nothing is turned off because of it.',
  },
  'wrong-type': { exit: 2, means: 'The value is of another type than the field has.' },
  'wrong-value': { exit: 2, means: 'The value is of the right type, but not one that the field can have.' },
  'not-a-choice': { exit: 2, means: 'The field takes one of a few words, and this is none of them.' },
  'private-in-public': {
    exit: 2,
    means: 'A private or secret field stands in the file that everybody can read.',
  },
  'public-in-overlay': { exit: 2, means: 'A public field stands in the overlay, where nobody looks for it.' },
  'said-twice': { exit: 2, means: 'A field stands in both files, so that one of the two would not count.' },
  'lost-in-substitution': {
    exit: 2,
    means: 'Flux substitutes values into YAML text. This one would come back as something else.',
  },
  'not-an-address': { exit: 2, means: 'The value is not an IPv4 or IPv6 address.' },
  'not-a-range': { exit: 2, means: 'The value is not a range of addresses in CIDR notation.' },
  'host-bits-set': {
    exit: 2,
    means:
      'A range starts at its first address; this one starts in its middle, so that it is not clear which is meant.',
  },
  'not-a-hostname': { exit: 2, means: 'The value is not a fully qualified host name.' },
  'not-a-port': { exit: 2, means: 'The value is not a TCP or UDP port.' },
  'not-a-node-port': { exit: 2, means: 'Kubernetes gives NodePort Services a port from 30000 to 32767.' },
  'not-an-email': {
    exit: 2,
    means: 'The value is not an e-mail address that an identity provider would send.',
  },
  'not-a-name': { exit: 2, means: 'Names of Kubernetes objects are RFC 1123 labels.' },
  'not-a-quantity': { exit: 2, means: 'The value is not a resource quantity of Kubernetes.' },
  'not-a-size': { exit: 2, means: 'The value is not an amount of bytes.' },
  'not-a-duration': { exit: 2, means: 'The value is not a duration as Flux reads it.' },
  'not-a-version': { exit: 2, means: 'The value is not a version with three numbers.' },
  'not-a-pinned-image': { exit: 2, means: 'An image without a version is another one tomorrow.' },
  'not-an-id': { exit: 2, means: 'The value is not the id of a user or group other than root.' },
  'not-a-schedule': { exit: 2, means: 'The value is not a cron line, or one that never fires.' },
  'not-a-path': { exit: 2, means: 'The value is not an absolute path below the root.' },
  'not-a-git-address': {
    exit: 2,
    means: 'Flux fetches over https and ssh, from an address that carries no password.',
  },
  'not-an-identifier': { exit: 2, means: 'The value does not have the form that its issuer gives it.' },
} as const satisfies Record<string, { exit: 1 | 2 | 3 | 4; means: string }>;

export type ProblemCode = keyof typeof codes;
