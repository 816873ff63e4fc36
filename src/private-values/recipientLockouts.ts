import type { Problem } from '../problems/problem.ts';
import { clusterFile } from './clusterFile.ts';

/** Who is affected by a removal of recipients. */
export interface RecipientsBefore {
  before: readonly string[];
  after: readonly string[];
  /** The recipients whose private keys are available locally. */
  mine: readonly string[];
  /** `secrets.clusterRecipient`. */
  ofCluster: string | undefined;
}

/** Why a removal would lock the user or the cluster out, with the order in which it does not. */
export function lockouts({ before, after, mine, ofCluster }: RecipientsBefore): Problem[] {
  const removed = before.filter((recipient) => !after.includes(recipient));
  if (removed.length === 0) return [];
  const own = before.filter((recipient) => mine.includes(recipient));
  const locksUserOut = own.length > 0 && !own.some((recipient) => after.includes(recipient));
  return [
    ...(locksUserOut ? [lastOwnKey] : []),
    ...(ofCluster === undefined ? [clusterUnknown] : removed.includes(ofCluster) ? [keyOfCluster] : []),
  ];
}

const lastOwnKey: Problem = {
  code: 'last-own-key',
  file: clusterFile,
  message: 'no key on this computer would decrypt the files any more',
  expected: 'another recipient whose key is here, or a removal where the key of another recipient is',
  remedy:
    'first "gatehouse secrets keygen"; then "gatehouse secrets recipients add" with what it prints; commit; and then remove the old recipient',
};

/** How a user learns which key the cluster has. */
const askCluster =
  "kubectl -n flux-system get secret sops-age -o jsonpath='{.data.*}' | base64 -d | age-keygen -y";

const clusterUnknown: Problem = {
  code: 'cluster-recipient-unknown',
  file: clusterFile,
  message:
    'it is not known which recipient is the cluster: if it is the removed one, Flux decrypts nothing any more',
  expected: 'secrets.clusterRecipient in cluster.yaml: the recipient of the key in the Secret sops-age',
  remedy: `this prints it: ${askCluster}. Write it to cluster.yaml, below secrets: clusterRecipient: age1…`,
};

const keyOfCluster: Problem = {
  code: 'cluster-recipient',
  file: clusterFile,
  message: 'the cluster decrypts with the key of this recipient: Flux would decrypt nothing any more',
  expected: 'a recipient that is not secrets.clusterRecipient',
  remedy:
    'in this order: (1) "gatehouse secrets keygen" and "gatehouse secrets recipients add" with what it prints; (2) "gatehouse configure", commit, push, and wait until Flux has applied it; (3) replace the Secret flux-system/sops-age by the new key, as docs/quickstart.md makes it; (4) name the new recipient in secrets.clusterRecipient; (5) remove this one',
};
