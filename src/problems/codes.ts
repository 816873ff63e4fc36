/**
 * Every code that Gatehouse can report, with the text of `gatehouse explain CODE`. The keys are a closed union: a
 * code that is not listed does not compile. `exit` is the exit code of a run that ends with the problem:
 * 1 found something, 2 invalid input or usage, 3 environment error, 4 something is unknown.
 */
export const codes = {
  // The command line
  'wrong-usage': { exit: 2, means: 'The command, a flag or a flag value does not exist.' },
  unforeseen: { exit: 3, means: 'Gatehouse failed with an unexpected error. This is a bug in Gatehouse.' },
  // Reading a text
  'text-not-found': { exit: 2, means: 'The file does not exist.' },
  'text-empty': { exit: 2, means: 'The file contains only white space and comments.' },
  'text-too-large': { exit: 2, means: 'The file is far larger than a configuration file.' },
  'text-not-utf8': { exit: 2, means: 'The file is not UTF-8 text.' },
  'yaml-syntax': { exit: 2, means: 'The text is not valid YAML.' },
  'tab-as-indent': {
    exit: 2,
    means: 'YAML forbids tabs for indentation.',
  },
  'duplicate-key': {
    exit: 2,
    means: 'A map has the same key twice. YAML readers disagree about which one counts.',
  },
  'many-documents': {
    exit: 2,
    means: 'The file contains several YAML documents. Gatehouse reads one document per file.',
  },
  'yaml-indirection': {
    exit: 2,
    means:
      'Configuration files may not use anchors, aliases, merge keys, tags or directives. Write each value out.',
  },
  'not-a-map': { exit: 2, means: 'A configuration file is a map of sections.' },
  'newer-format': {
    exit: 2,
    means: 'A newer version of Gatehouse wrote the file. This version would misread it.',
  },
  'older-format': {
    exit: 2,
    means:
      'The file has an older format. Gatehouse reads it; "gatehouse upgrade --write" brings it to the newest.',
  },
  // The directory that a command works on
  'text-unreadable': { exit: 3, means: 'The file exists but cannot be read.' },
  'already-there': { exit: 2, means: 'The file exists already. Gatehouse does not overwrite it.' },
  'not-at-git-root': {
    exit: 2,
    means:
      'The directory is a part of a Git repository, not its root. Flux counts the paths of its Kustomizations from the root.',
  },
  'folder-unusable': { exit: 3, means: 'The directory cannot be created or written to.' },
  'two-overlays': {
    exit: 2,
    means: 'There is both a plain and an encrypted private values file. Keep one of them.',
  },
  'private-file-missing': {
    exit: 2,
    means:
      'There is no private values file. An encrypted one is in Git; a plain one is only on the computer on which it was written.',
  },
  'overlay-tracked': {
    exit: 2,
    means: 'Git tracks the plain private values file. The next push would publish every private value.',
  },
  'repository-behind': {
    exit: 2,
    means: 'The files do not match the configuration. Run "gatehouse configure" first.',
  },
  'needs-flux': {
    exit: 2,
    means:
      'Flux installs part of the manifests: from Helm charts, or with a Flux Kustomization of your own. kubectl alone cannot.',
  },
  'reference-in-key': {
    exit: 2,
    means: 'A field name contains `${NAME}`. kustomize patches cannot replace field names.',
  },
  'cannot-compare': {
    exit: 4,
    means:
      'None of your keys decrypts an existing encrypted file. Whether its content is current is unknown.',
  },
  // Requirements between components
  'claim-unanswered': {
    exit: 2,
    means: 'A component requires something that no enabled component provides.',
  },
  'requirement-ambiguous': {
    exit: 2,
    means: 'Several enabled components provide what another one requires.',
  },
  'requirement-cycle': { exit: 2, means: 'Components require one another in a circle.' },
  taken: { exit: 2, means: 'Two components require the same exclusive resource.' },
  'login-for-browsers': {
    exit: 2,
    means:
      'A login shows a page that only a browser can answer. The clients of the app are no browsers, so that nobody would get in.',
  },
  'exception-ended': {
    exit: 2,
    means:
      'A route is open to everybody until a day that has passed. It needs a login, or a new day for a reason that still holds.',
  },
  'namespace-shared': {
    exit: 2,
    means: 'Two components with different Pod Security levels share a namespace.',
  },
  'host-path-unpinned': {
    exit: 2,
    means: 'A hostPath volume is a different directory on each node. Pin the workload to one node.',
  },
  'host-path-on-talos': {
    exit: 2,
    means: 'Talos does not mount network shares on the host. Let Kubernetes mount the share.',
  },
  'version-too-old': { exit: 2, means: 'The cluster runs a version that lacks a required feature.' },
  'unknown-version': {
    exit: 2,
    means: 'Gatehouse has no data about this version, so it cannot check it.',
  },
  downgrade: {
    exit: 2,
    means: 'The target version is older than the running version. Upgrades only go forward.',
  },
  'skips-a-version': {
    exit: 2,
    means: 'The upgrade skips a minor version. Upgrade one minor version at a time.',
  },
  'versions-do-not-fit': {
    exit: 2,
    means:
      'Two versions do not run together: a Talos and a Kubernetes, or a server and a service of the same program.',
  },
  'immutable-field': {
    exit: 1,
    means:
      'The API server refuses to change this field of an object that exists. Flux applies nothing of the Kustomization until the object is deleted.',
  },
  'lost-with-the-cluster': {
    exit: 1,
    means: 'Warning: data that you need after losing the cluster is stored only in the cluster.',
  },
  'private-target': {
    exit: 2,
    means:
      'A name in the public zone would lead to an address of the home network, and tell everybody that address.',
  },
  'unverified-console': {
    exit: 2,
    means: 'A key that may change the home network is sent to an address whose certificate nobody verifies.',
  },
  'outside-the-zones': {
    exit: 2,
    means: 'A name is in none of the zones that are named, so nothing would write it.',
  },
  'name-published': {
    exit: 1,
    means:
      'Warning: the name of a host becomes public, because each name of a certificate is in the logs of Certificate Transparency.',
  },
  'needs-another': { exit: 2, means: 'An option requires another option that is not set.' },
  'unknown-node': { exit: 2, means: 'A field names a node that the cluster does not have.' },
  'over-budget': {
    exit: 3,
    means:
      'The directory asks for far more work than a home repository does, so Gatehouse gives up. Nothing is proved.',
  },
  'private-in-output': {
    exit: 3,
    means: 'A generated file would contain a private value in the clear. Nothing was written.',
  },
  'private-in-file': {
    exit: 1,
    means: 'A file that Git has, or would add, contains a private value in the clear. Nothing was written.',
  },
  'private-word': {
    exit: 1,
    means:
      'Warning: a private value is also a word of the files that Gatehouse writes, so the search cannot tell the two apart.',
  },
  'object-invalid': {
    exit: 3,
    means: 'Gatehouse generated an object that the API server would reject. Nothing was written.',
  },
  'compile-failed': { exit: 3, means: 'Gatehouse could not finish compiling. Nothing was written.' },
  // The configuration
  'unknown-key': {
    exit: 2,
    means:
      'The field does not exist. Gatehouse refuses unknown fields, because a misspelt field would have no effect.',
  },
  'missing-field': {
    exit: 2,
    means: 'A required field is missing. Gatehouse never disables a feature because a field is missing.',
  },
  'wrong-type': { exit: 2, means: 'The value has the wrong type, for example text instead of a number.' },
  'wrong-value': { exit: 2, means: 'The value has the right type, but the field does not allow this value.' },
  'not-a-choice': { exit: 2, means: 'The value is not one of the words that the field allows.' },
  'private-in-public': {
    exit: 2,
    means:
      'A private or secret field is in cluster.yaml, which everybody with access to the repository can read.',
  },
  'public-in-overlay': {
    exit: 2,
    means: 'A public field is in the private values file. Public fields belong in cluster.yaml.',
  },
  'said-twice': {
    exit: 2,
    means: 'The same field is in both files. Gatehouse does not choose between them.',
  },
  'lost-in-substitution': {
    exit: 2,
    means:
      'Flux substitutes values into YAML text. This value would be read back as something else, by Flux or by the program that reads the text.',
  },
  'not-an-address': { exit: 2, means: 'The value is not an IPv4 or IPv6 address.' },
  'not-a-range': { exit: 2, means: 'The value is not an address range in CIDR notation.' },
  'host-bits-set': {
    exit: 2,
    means: 'The address range does not start at its first address, so it is unclear which range is meant.',
  },
  'not-a-hostname': { exit: 2, means: 'The value is not a fully qualified host name.' },
  'not-a-port': { exit: 2, means: 'The value is not a TCP or UDP port.' },
  'not-a-node-port': {
    exit: 2,
    means: 'A NodePort must be from 30000 to 32767, the default range of the API server.',
  },
  'not-an-email': {
    exit: 2,
    means: 'The value is not an e-mail address.',
  },
  'not-a-server': { exit: 2, means: 'The value is neither an IP address nor a host name.' },
  'not-a-name': { exit: 2, means: 'The value is not a valid name for a Kubernetes object.' },
  'not-a-quantity': { exit: 2, means: 'The value is not a Kubernetes resource quantity.' },
  'not-a-size': { exit: 2, means: 'The value is not a size in bytes.' },
  'not-a-duration': { exit: 2, means: 'The value is not a duration in the form that the field expects.' },
  'not-a-version': { exit: 2, means: 'The value is not a version with three numbers.' },
  'not-a-pinned-image': { exit: 2, means: 'The image has no fixed version, so it can change at any time.' },
  'not-an-id': { exit: 2, means: 'The value is not the ID of a user or group other than root.' },
  'not-a-schedule': { exit: 2, means: 'The value is not a valid cron schedule, or it never fires.' },
  'not-a-time-zone': { exit: 2, means: 'The value is not a time zone of the IANA database.' },
  'not-a-path': { exit: 2, means: 'The value is not an absolute path, or it is the root directory.' },
  'not-a-bucket': { exit: 2, means: 'The value is not a valid S3 bucket name.' },
  'not-an-endpoint': { exit: 2, means: 'The value is not the https URL of an S3 server.' },
  'not-an-https-url': {
    exit: 2,
    means: 'The value is not an https URL of a host name, or it has a port, a query or a fragment.',
  },
  'keeps-nothing': {
    exit: 2,
    means: 'The retention policy keeps no backups: it would delete each backup after it is made.',
  },
  'cannot-copy': {
    exit: 2,
    means: 'The storage class cannot copy a volume in the requested way, or in the way that its data needs.',
  },
  'unknown-storage-class': {
    exit: 2,
    means: 'A volume uses a storage class that is not listed in cluster.storageClasses.',
  },
  'not-a-git-address': {
    exit: 2,
    means: 'Flux fetches over https or ssh, from a URL without credentials.',
  },
  'ranges-overlap': {
    exit: 2,
    means: 'Two address ranges overlap: a rule that allows one of them would also allow part of the other.',
  },
  'outside-the-lan': {
    exit: 2,
    means: 'An address that is announced by ARP is reachable only if it is part of the home network.',
  },
  'not-an-identifier': { exit: 2, means: 'The value does not have the form that its issuer uses.' },
  // Writing the repository
  'folder-not-found': { exit: 2, means: 'The directory does not exist.' },
  'path-not-allowed': {
    exit: 2,
    means: 'A file would be written outside of the directory, or to a path that is reserved.',
  },
  'paths-clash': {
    exit: 2,
    means:
      'Two files would be written to the same path, or to paths that differ only in upper and lower case.',
  },
  'path-is-link': {
    exit: 3,
    means:
      'A path that Gatehouse writes to is a symbolic link. Gatehouse does not follow links, because they can lead anywhere.',
  },
  'path-blocked': {
    exit: 3,
    means: 'A path is a directory where a file is expected, or a file where a directory is expected.',
  },
  'edited-by-hand': {
    exit: 1,
    means: 'A file that Gatehouse wants to write or remove was changed by hand. Nothing was written.',
  },
  'removes-data': {
    exit: 1,
    means:
      'The change removes or replaces something that holds data in the cluster. Nothing was written. Each loss needs your consent: --allow-removal NAME.',
  },
  'prune-not-disabled': {
    exit: 1,
    means:
      'Flux would prune an object with data, since the live object does not have the annotation kustomize.toolkit.fluxcd.io/prune: disabled. A commit that adds it must be applied before the one that removes the object.',
  },
  'tree-changed-meanwhile': {
    exit: 3,
    means: 'A file changed while Gatehouse was running. Nothing was written.',
  },
  'tree-locked': { exit: 3, means: 'Another run is writing to the same directory.' },
  'write-interrupted': {
    exit: 3,
    means:
      'A run was stopped while it replaced files. The next command that writes finishes or undoes its work.',
  },
  'write-failed': { exit: 3, means: 'The operating system refused to write. The directory is unchanged.' },
  'read-failed': { exit: 3, means: 'The operating system refused to read.' },
  'journal-damaged': {
    exit: 3,
    means: 'The journal of an interrupted run is inconsistent. The run can be neither finished nor undone.',
  },
  'manifest-damaged': {
    exit: 2,
    means:
      'The record of the files that Gatehouse wrote is malformed. Without it Gatehouse cannot tell its files from yours.',
  },
  'verify-record-unusable': {
    exit: 4,
    means:
      'The record of the last verify is malformed, or did not come from this computer. Nothing counts as verified.',
  },
  'own-taskfile': {
    exit: 1,
    means:
      'The directory has a Taskfile of your own. Gatehouse leaves it as it is, and writes none beside it: Task reads one only.',
  },
  'kustomization-unreadable': {
    exit: 2,
    means: 'A kustomization.yaml that you share with Gatehouse cannot be parsed or edited.',
  },
  'kustomization-twice': {
    exit: 2,
    means:
      'A directory has a kustomization under another name than the one that Gatehouse writes; kustomize refuses a directory with two.',
  },
  // Secrets: age keys and SOPS documents
  'age-recipient-invalid': {
    exit: 2,
    means: 'The text is not an age public key, or a character of it is wrong.',
  },
  'age-recipient-unsupported': {
    exit: 2,
    means: 'SSH keys, plugins and passphrases are not supported: Flux cannot decrypt for them.',
  },
  'age-identity-invalid': { exit: 2, means: 'A line of the key file is not an age private key.' },
  'age-identity-unsupported': {
    exit: 2,
    means: 'Plugin keys, SSH keys and key files with a passphrase are not supported.',
  },
  'age-identity-published': {
    exit: 2,
    means: 'A private key is where a public key belongs. Everybody who has read it can decrypt every secret.',
  },
  'age-key-file-open': { exit: 3, means: 'Other users of the machine can read the private key.' },
  'age-key-file-in-tree': {
    exit: 2,
    means: 'A private key is inside of the repository directory. One commit would publish it.',
  },
  'age-key-file-failed': { exit: 3, means: 'The key file could not be read or written.' },
  'no-recipients': { exit: 2, means: 'The document has no recipients. Nobody could decrypt it.' },
  'merge-conflict': { exit: 2, means: 'The file contains Git conflict markers.' },
  'yaml-readers-disagree': {
    exit: 2,
    means: 'The text contains a character that some YAML readers take for a line break and others reject.',
  },
  'sops-format-unsupported': {
    exit: 2,
    means: 'Gatehouse reads and writes SOPS documents as YAML and JSON only.',
  },
  'sops-not-encrypted': { exit: 2, means: 'The document has no sops section: it is plain text.' },
  'sops-already-encrypted': {
    exit: 2,
    means: 'The plain text has the top-level key sops, which SOPS reserves.',
  },
  'sops-metadata-invalid': {
    exit: 2,
    means: 'The sops section is incomplete, so the document cannot be decrypted.',
  },
  'sops-foreign-keys': {
    exit: 2,
    means: 'The document uses PGP, cloud or Vault keys, or several key groups.',
  },
  'sops-rule-invalid': { exit: 2, means: 'The rule for which values are encrypted cannot be applied.' },
  'sops-no-identity': {
    exit: 4,
    means:
      'None of the private keys that are available locally decrypts the document. Its content is unknown.',
  },
  'sops-data-key-damaged': {
    exit: 2,
    means:
      'The data key of the document was altered: your private key matches, but the data key does not decrypt.',
  },
  'sops-value-in-clear': {
    exit: 2,
    means: 'A value that the encryption rule covers is not encrypted.',
  },
  'sops-value-damaged': {
    exit: 2,
    means: 'An encrypted value was altered, truncated or moved from another field.',
  },
  'sops-mac-mismatch': {
    exit: 2,
    means: 'Values were changed, added, removed or reordered without the key.',
  },
  'sops-value-unsupported': {
    exit: 2,
    means: 'SOPS cannot store a value of this kind without changing it.',
  },
  'sops-key-not-text': { exit: 2, means: 'SOPS accepts only text as a map key.' },
  'sops-left-in-clear': { exit: 2, means: 'The name of a field tells SOPS to leave its value unencrypted.' },
  'sops-config-invalid': { exit: 2, means: 'The file .sops.yaml has no valid creation rules.' },
  'recipient-unknown': { exit: 2, means: 'The recipient to remove is not in the list.' },
  'last-own-key': {
    exit: 2,
    means: 'The recipient is the only one whose key is on this computer: it could decrypt nothing any more.',
  },
  'cluster-recipient': {
    exit: 2,
    means:
      'The cluster decrypts with the key of this recipient. Give it another key before you remove this one.',
  },
  'cluster-recipient-unknown': {
    exit: 2,
    means:
      'secrets.clusterRecipient does not say which recipient is the cluster, so that a removal could lock it out.',
  },
  'recipient-returned': {
    exit: 1,
    means: 'A recipient that was removed can decrypt files again, mostly after a merge or a revert.',
  },
  'last-recipient': {
    exit: 2,
    means: 'The last recipient cannot be removed: nobody could decrypt the documents.',
  },

  // Searching for private values and secrets
  'git-not-found': {
    exit: 3,
    means: 'Git could not be started. Gatehouse needs it to read the index and the history.',
  },
  'git-failed': { exit: 3, means: 'Git failed while Gatehouse read the repository.' },
  'no-git-repository': {
    exit: 3,
    means: 'The index or the history is to be searched, and the directory is in no Git repository.',
  },
  'values-unknown': {
    exit: 4,
    means: 'The private values of the configuration are not known here, so nothing was searched for them.',
  },
  'accepted-findings-invalid': {
    exit: 2,
    means: 'An entry in the list of accepted findings is invalid. The entry has no effect.',
  },
  'hook-not-ours': {
    exit: 2,
    means: 'The hook was written by you or another program and cannot be extended safely.',
  },
  'hook-not-written': { exit: 3, means: 'The hook could not be written.' },

  // Commands around secrets
  'report-not-written': { exit: 3, means: 'The report file could not be written.' },
  'editor-failed': { exit: 3, means: 'The editor failed. Nothing was saved.' },
  'no-private-folder': {
    exit: 3,
    means: 'There is no directory in which secrets can be edited safely.',
  },
  'plain-not-destroyed': {
    exit: 3,
    means:
      'The plain private values file still exists, although its content is now encrypted in the other file.',
  },
  'no-value': { exit: 2, means: 'The command needs a value, and none was given.' },

  // Analysis of repositories, and queries
  'objects-invalid': {
    exit: 2,
    means: 'The objects file is not a list of Kubernetes objects.',
  },
  'enforcer-unknown': {
    exit: 2,
    means:
      'The program that --enforcer names is not known to enforce network policies, so nothing would be proved by naming it.',
  },
  'query-invalid': { exit: 2, means: 'A query is invalid. No query was answered.' },
  'entry-not-found': { exit: 2, means: 'A directory that --entry names does not exist.' },
  'several-clusters': {
    exit: 2,
    means: 'The repository is applied to several clusters, and the question is about one of them.',
  },
  'nothing-to-judge': {
    exit: 2,
    means: 'The directory contains no Kubernetes objects, so nothing was proved.',
  },
  'acceptance-invalid': {
    exit: 2,
    means: 'An entry in .gatehouse/accepted.yaml is invalid. The entry has no effect.',
  },
  'reference-unknown': { exit: 2, means: 'Git does not know this commit, branch or tag.' },

  // A running cluster
  'kubeconfig-missing': {
    exit: 3,
    means: 'There is no kubeconfig, or it cannot be read. Without one, no cluster is asked.',
  },
  'kubeconfig-invalid': {
    exit: 2,
    means: 'The kubeconfig is not what kubectl reads, or something that it names is missing.',
  },
  'kubeconfig-context-unknown': {
    exit: 2,
    means: 'The kubeconfig has no such context. A context is a cluster with a user.',
  },
  'kubeconfig-insecure': {
    exit: 2,
    means:
      'Anybody on the way to the cluster could read the credentials and answer in its name. Gatehouse does not connect that way.',
  },
  'credentials-unusable': {
    exit: 3,
    means:
      'The credentials of the kubeconfig have expired, cannot be read, or are not accepted by the cluster.',
  },
  'cluster-unreachable': { exit: 3, means: 'The API server of the cluster does not answer as one.' },
  'cluster-forbidden': {
    exit: 3,
    means: 'The user of the kubeconfig may not read what Gatehouse has to ask.',
  },
  'cluster-unconfirmed': {
    exit: 2,
    means:
      'cluster.yaml does not say which cluster it is for. The UID of the namespace kube-system tells clusters apart; until cluster.uid has it, nothing is asked of the cluster.',
  },
  'cluster-is-another': {
    exit: 3,
    means:
      'The kubeconfig leads to another cluster than the one that cluster.yaml is for. Nothing was asked of it but its UID.',
  },
  'flux-not-installed': { exit: 1, means: 'The cluster has no Flux, so that nothing of Git is applied.' },
  'source-not-applied': {
    exit: 1,
    means: 'Flux does not fetch the repository that cluster.yaml names.',
  },

  // Kubernetes objects
  'unknown-kind': {
    exit: 4,
    means: 'Gatehouse has no schema for this kind, so the fields of the object were not checked.',
  },
  'too-many-aliases': { exit: 2, means: 'The YAML aliases expand to far more text than the file contains.' },
  'nested-too-deeply': { exit: 2, means: 'The values are nested deeper than Gatehouse reads.' },
} as const satisfies Record<string, { exit: 1 | 2 | 3 | 4; means: string }>;

export type ProblemCode = keyof typeof codes;
