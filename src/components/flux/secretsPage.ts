import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { Page } from '../contract/documents.ts';
import { ageSecret, namespace } from '../shared/fluxNames.ts';

/** `docs/secrets.md`: keys, who can read what, and what to do when a key is lost or a value has to change. */
export function secretsPage(settings: ClusterSettings): Page {
  return {
    path: 'docs/secrets.md',
    title: 'Keys and secrets',
    content: [keys, people, lost, rotation(settings), withoutKey].join('\n\n'),
  };
}

const keys = `Private values and secrets are in Git, in \`cluster.private.sops.yaml\`, encrypted for the public keys in \`secrets.recipients\`.

## Keys

\`\`\`sh
gatehouse secrets keygen
gatehouse secrets recipients list
\`\`\`

The first makes a key outside of the repository and prints its public half. The second shows who can read, and which of
the keys is on this machine. Gatehouse looks where SOPS looks: \`SOPS_AGE_KEY\`, the file that \`SOPS_AGE_KEY_FILE\` names,
and \`sops/age/keys.txt\` in your configuration directory. Keep a copy of the key away from this machine, best of a second key too.

\`gatehouse secrets view\` lists what is set and hides the values; \`gatehouse secrets get FIELD\` prints one.
\`gatehouse secrets set FIELD\` asks for a value or reads it from a pipe, and never takes it as an argument.`;

const people = `## A second operator

They run \`gatehouse secrets keygen\` and send you the line that begins with \`age1\`. It is public. You run, with that line:

\`\`\`sh
gatehouse secrets recipients add "$recipient"
gatehouse configure
\`\`\`

Commit and push. They pull, and \`gatehouse secrets view\` works for them. To shut somebody out, use \`remove\` in place of
\`add\`. That concerns what is written from now on: they have seen every value until today and the history keeps it, so
replace the values too.

\`remove\` refuses the only key that is on this machine, and the key of the cluster, which is \`secrets.clusterRecipient\` in
\`cluster.yaml\`. It remembers the removal in \`.gatehouse/removed-recipients\`: when a merge or a revert brings a removed recipient
back, \`gatehouse configure\`, \`check\` and \`scan\` say so.`;

const lost = `## A lost key

**One of several.** Make a new one if you need it and have it added by somebody who can still read. Then they remove the lost
one with \`gatehouse secrets recipients remove\` and run \`gatehouse configure\`. If somebody else may have found the key,
replace every value.

**The last one.** Nobody can open what is encrypted, and no command can help. What runs in the cluster goes on. Before you
start over, save what the cluster still knows: its Secrets hold the values in the clear. Then:

1. \`gatehouse secrets keygen\`
2. In \`cluster.yaml\`, put the new public key in place of the lost ones, under \`secrets.recipients\` and in \`secrets.clusterRecipient\`.
3. Remove \`cluster.private.sops.yaml\` and every other file called \`NAME.sops.yaml\`: \`gatehouse configure\` leaves alone what it
   cannot open. Set every value anew with \`gatehouse secrets edit\`.
4. Replace passwords and tokens where they are issued, if the lost key can have been found.
5. Give the cluster the new key, as below, and run \`gatehouse configure\`.`;

function rotation(settings: ClusterSettings): string {
  return `## Replacing values and keys

\`gatehouse secrets rotate\` encrypts everything under new data keys; the values stay. \`gatehouse secrets rotate --generated NAME\`
makes a Secret that Gatehouse generated anew, and prints what must restart. A token or a password of someone else's system
is replaced there first, then with \`gatehouse secrets set\` or, for a Secret made by hand, with the line of the quickstart.

The key of the cluster is in the Secret \`${ageSecret.name}\`. When it is the one to replace, add the new recipient,
push, and when Flux has applied that, replace the Secret:

\`\`\`sh
key_file="$HOME/.config/sops/age/keys.txt"
kubectl -n ${namespace} create secret generic ${ageSecret.name} --from-file=${ageSecret.key}="$key_file" --dry-run=client -o yaml |
  kubectl apply -f -
\`\`\`

Only then name the new recipient in \`secrets.clusterRecipient\`, and remove the old one of ${settings.cluster.name}.`;
}

const withoutKey = `## Where there is no key

In CI without a key, \`gatehouse configure --check\` ends with exit code 4 and \`sops-no-identity\`, and writes nothing. Either
give the job a key of its own in \`SOPS_AGE_KEY\`, from the store of the CI, and add its recipient, or leave the command out there.`;
