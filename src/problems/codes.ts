/**
 * Every code that Gatehouse can report, with what `gatehouse explain CODE` says about it. The keys are the
 * closed union: a code that is not here does not compile. `exit` is the exit code that a run ends with:
 * 1 found something, 2 invalid input or usage, 3 the surroundings failed, 4 something is unknown.
 */
export const codes = {
  // The command line
  'wrong-usage': { exit: 2, means: 'The command, one of its flags or its value does not exist.' },
  unforeseen: { exit: 3, means: 'Gatehouse failed in a way that its authors did not think of.' },
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
  // The folder that a command works on
  'text-unreadable': { exit: 3, means: 'The file is there and cannot be read.' },
  'already-there': { exit: 2, means: 'A file that would be made is there already, and is not touched.' },
  'folder-unusable': { exit: 3, means: 'The folder cannot be made or written to.' },
  'two-overlays': {
    exit: 2,
    means: 'A plain and an encrypted overlay stand side by side, so that it is not clear which counts.',
  },
  'overlay-tracked': {
    exit: 2,
    means: 'Git tracks a file in which private values stand in the clear, and would publish every one.',
  },
  'repository-behind': {
    exit: 2,
    means: 'The files are not what the configuration says, so that a copy of them would match neither.',
  },
  'needs-flux': {
    exit: 2,
    means: 'Part of the configuration is installed from charts, which Flux does and kubectl alone cannot.',
  },
  'reference-in-key': {
    exit: 2,
    means: 'A `${NAME}` stands in the name of a field, where no patch of kustomize can fill it in.',
  },
  'cannot-compare': {
    exit: 4,
    means: 'An encrypted file is there, and none of your keys opens it: whether it is right is unknown.',
  },
  // What components ask of one another
  'claim-unanswered': { exit: 2, means: 'A component needs something that no enabled component gives.' },
  taken: { exit: 2, means: 'Two ask for a thing that exists once.' },
  'namespace-shared': {
    exit: 2,
    means: 'Two components with different Pod Security levels share a namespace.',
  },
  'host-path-unpinned': { exit: 2, means: 'A folder of a node is another folder on another node.' },
  'host-path-on-talos': {
    exit: 2,
    means: 'Talos has no mounts of its own on the host; shares are mounted by Kubernetes.',
  },
  'version-too-old': { exit: 2, means: 'The cluster runs a version that lacks something that is needed.' },
  'unknown-version': {
    exit: 2,
    means: 'Nobody knows what this version can do, so that nothing can be said about it.',
  },
  downgrade: { exit: 2, means: 'The target is older than what runs. Nothing goes back by itself.' },
  'skips-a-version': { exit: 2, means: 'The way to the target leads over a minor version that is left out.' },
  'versions-do-not-fit': { exit: 2, means: 'This Talos does not run this Kubernetes.' },
  'lost-with-the-cluster': {
    exit: 1,
    means: 'A warning: what is to help when the cluster is gone is kept in the cluster alone.',
  },
  'needs-another': { exit: 2, means: 'A choice needs another one that was not made.' },
  'unknown-node': { exit: 2, means: 'A field names a node that the cluster does not have.' },
  'private-in-output': {
    exit: 3,
    means: 'A private value would have been written where everybody can read it. Nothing was written.',
  },
  'object-invalid': {
    exit: 3,
    means: 'Gatehouse built an object that Kubernetes would refuse. Nothing was written.',
  },
  'compile-failed': { exit: 3, means: 'Gatehouse could not finish what it builds. Nothing was written.' },
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
  'not-a-server': { exit: 2, means: 'The value is neither an address nor a host name.' },
  'not-a-name': { exit: 2, means: 'Names of Kubernetes objects are RFC 1123 labels.' },
  'not-a-quantity': { exit: 2, means: 'The value is not a resource quantity of Kubernetes.' },
  'not-a-size': { exit: 2, means: 'The value is not an amount of bytes.' },
  'not-a-duration': { exit: 2, means: 'The value is not a duration as Flux reads it.' },
  'not-a-version': { exit: 2, means: 'The value is not a version with three numbers.' },
  'not-a-pinned-image': { exit: 2, means: 'An image without a version is another one tomorrow.' },
  'not-an-id': { exit: 2, means: 'The value is not the id of a user or group other than root.' },
  'not-a-schedule': { exit: 2, means: 'The value is not a cron line, or one that never fires.' },
  'not-a-time-zone': { exit: 2, means: 'The value is not a time zone of the IANA database.' },
  'not-a-path': { exit: 2, means: 'The value is not an absolute path below the root.' },
  'not-a-bucket': { exit: 2, means: 'The value is not a name that S3 gives to a bucket.' },
  'not-an-endpoint': { exit: 2, means: 'The value is not the https address of an S3 server.' },
  'keeps-nothing': { exit: 2, means: 'A retention that keeps nothing deletes every backup that is made.' },
  'cannot-copy': {
    exit: 2,
    means: 'The storage class cannot copy a volume in the way that is asked for, or that its data need.',
  },
  'unknown-storage-class': {
    exit: 2,
    means: 'A volume is of a storage class of which the configuration does not say what it can do.',
  },
  'not-a-git-address': {
    exit: 2,
    means: 'Flux fetches over https and ssh, from an address that carries no password.',
  },
  'ranges-overlap': {
    exit: 2,
    means: 'Two ranges of addresses share some: a rule for one would admit the other.',
  },
  'outside-the-lan': {
    exit: 2,
    means: 'What is announced by ARP is found in the home network alone, and only where it belongs to it.',
  },
  'not-an-identifier': { exit: 2, means: 'The value does not have the form that its issuer gives it.' },
  // Writing the repository
  'folder-not-found': { exit: 2, means: 'The folder that the command works on is not there.' },
  'path-not-allowed': {
    exit: 2,
    means: 'A file would be written outside the folder, or into a part of it that is not for files of ours.',
  },
  'paths-clash': {
    exit: 2,
    means:
      'Two files would be written to one place, at the latest on a disk that ignores upper and lower case.',
  },
  'path-is-link': {
    exit: 3,
    means: 'A symbolic link stands where Gatehouse writes. It follows none, since one may lead anywhere.',
  },
  'path-blocked': {
    exit: 3,
    means: 'A folder stands where a file should be, or a file where a folder should be.',
  },
  'edited-by-hand': {
    exit: 1,
    means: 'A person has changed a file that Gatehouse wants to write or remove. Nothing at all was written.',
  },
  'tree-changed-meanwhile': {
    exit: 3,
    means: 'A file changed between the comparison and the writing. Nothing was written.',
  },
  'tree-locked': { exit: 3, means: 'Another run is writing to the same folder.' },
  'write-interrupted': {
    exit: 3,
    means:
      'A run was stopped while it replaced files. The next command that writes finishes or undoes its work.',
  },
  'write-failed': { exit: 3, means: 'The system refused to write. The folder is as it was.' },
  'read-failed': { exit: 3, means: 'The system refused to read.' },
  'journal-damaged': {
    exit: 3,
    means:
      'What an interrupted run left behind does not fit together, so that it can be neither finished nor undone.',
  },
  'manifest-damaged': {
    exit: 2,
    means: 'The record of what Gatehouse wrote last cannot be read. It says which files are not a person’s.',
  },
  'kustomization-unreadable': {
    exit: 2,
    means: 'A kustomization.yaml that a person shares with Gatehouse cannot be read or edited.',
  },
  // Secrets: age keys and SOPS documents
  'age-recipient-invalid': {
    exit: 2,
    means: 'The text is not a public key of age, or a character of it is wrong.',
  },
  'age-recipient-unsupported': {
    exit: 2,
    means: 'SSH keys, plugins and passphrases are not used: Flux cannot open what only they can open.',
  },
  'age-identity-invalid': { exit: 2, means: 'A line of the key file is not a private key of age.' },
  'age-identity-unsupported': {
    exit: 2,
    means: 'Private keys of plugins, SSH keys and key files with a passphrase cannot be used here.',
  },
  'age-identity-published': {
    exit: 2,
    means: 'A private key stands where a public one belongs. Whoever has read it can read every secret.',
  },
  'age-key-file-open': { exit: 3, means: 'Other users of the machine may read the private key.' },
  'age-key-file-in-tree': {
    exit: 2,
    means: 'A private key below the repository is one commit from being public.',
  },
  'age-key-file-failed': { exit: 3, means: 'The key file could not be read or written.' },
  'no-recipients': { exit: 2, means: 'Without a recipient nobody could open the document again.' },
  'merge-conflict': { exit: 2, means: 'Git left conflict marks in the file: two versions stand in it.' },
  'yaml-readers-disagree': {
    exit: 2,
    means: 'The text has a character that some YAML readers take for the end of a line and others refuse.',
  },
  'sops-format-unsupported': { exit: 2, means: 'SOPS documents are read and written as YAML and JSON only.' },
  'sops-not-encrypted': { exit: 2, means: 'The document has no sops section: it is plain text.' },
  'sops-already-encrypted': {
    exit: 2,
    means: 'The key sops at the top belongs to SOPS; the plain text has one.',
  },
  'sops-metadata-invalid': {
    exit: 2,
    means: 'The sops section is not whole, so that the document cannot be opened.',
  },
  'sops-foreign-keys': {
    exit: 2,
    means: 'The document is for keys of PGP, a cloud or Vault, or is split over several groups of keys.',
  },
  'sops-rule-invalid': { exit: 2, means: 'The rule for what is encrypted cannot be followed.' },
  'sops-no-identity': {
    exit: 4,
    means: 'None of the private keys at hand opens the document, so that nothing can be said of its content.',
  },
  'sops-data-key-damaged': {
    exit: 2,
    means: 'The data key of the document was altered: the private key fits, its content does not.',
  },
  'sops-value-in-clear': {
    exit: 2,
    means: 'A value that the rule of the document encrypts can be read by everybody.',
  },
  'sops-value-damaged': {
    exit: 2,
    means: 'An encrypted value was altered, cut short, or moved here from another field.',
  },
  'sops-mac-mismatch': {
    exit: 2,
    means: 'Values were changed, added, removed or reordered without the key.',
  },
  'sops-value-unsupported': {
    exit: 2,
    means: 'SOPS cannot carry a value of this kind and give it back unchanged.',
  },
  'sops-key-not-text': { exit: 2, means: 'SOPS accepts only text as the key of a map.' },
  'sops-left-in-clear': { exit: 2, means: 'The name of a field tells SOPS to leave its value unencrypted.' },
  'sops-config-invalid': { exit: 2, means: 'The file .sops.yaml has no creation rules that could be read.' },
  'recipient-unknown': { exit: 2, means: 'The recipient to be removed is not on the list.' },
  'last-recipient': { exit: 2, means: 'With the last recipient gone nobody could open the documents.' },

  // Searching for private values and secrets
  'git-not-found': {
    exit: 3,
    means: 'Git could not be started, so that neither index nor history can be read.',
  },
  'git-failed': { exit: 3, means: 'Git ended with an error while the repository was read.' },
  'accepted-findings-invalid': {
    exit: 2,
    means: 'The file of accepted findings has an entry that cannot be read; that entry accepts nothing.',
  },
  'hook-not-ours': {
    exit: 2,
    means: 'The pre-commit hook belongs to a person or another program and cannot be extended safely.',
  },
  'hook-not-written': { exit: 3, means: 'The pre-commit hook could not be written.' },

  // Commands around secrets
  'report-not-written': { exit: 3, means: 'The file for the report could not be written.' },
  'editor-failed': { exit: 3, means: 'The editor did not end well, so that nobody knows what was meant.' },
  'no-private-folder': { exit: 3, means: 'There is no folder in which secrets could be edited.' },
  'plain-not-destroyed': {
    exit: 3,
    means: 'The plain overlay is still there, although the encrypted one says the same now.',
  },
  'no-value': { exit: 2, means: 'A value was asked for, and none was given.' },

  // Judging repositories and questions about reach
  'objects-invalid': {
    exit: 2,
    means: 'The file of objects cannot be read as a list of Kubernetes objects.',
  },
  'query-invalid': { exit: 2, means: 'A question about reach cannot be read. Nothing was answered.' },
  'nothing-to-judge': {
    exit: 2,
    means: 'There is no Kubernetes object in the folder, so that nothing was proved.',
  },
  'acceptance-invalid': {
    exit: 2,
    means: 'An entry of .gatehouse/accepted.yaml cannot be read; that entry accepts nothing.',
  },
  'reference-unknown': { exit: 2, means: 'Git knows no commit of that name in this folder.' },

  // Kubernetes objects
  'unknown-kind': {
    exit: 4,
    means: 'There is no schema for a kind, so that nobody looked whether its fields exist.',
  },
  'too-many-aliases': { exit: 2, means: 'The aliases of a text expand to far more than it says.' },
  'nested-too-deeply': { exit: 2, means: 'Values stand inside one another deeper than anybody writes them.' },
} as const satisfies Record<string, { exit: 1 | 2 | 3 | 4; means: string }>;

export type ProblemCode = keyof typeof codes;
