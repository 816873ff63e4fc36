import { parse } from 'yaml';
import { analyse } from '../../analyse.ts';
import { readObjects } from '../../queries.ts';
import { nodeSettingsIn } from './nodeSettings.ts';

const denied = `
- {apiVersion: v1, kind: Namespace, metadata: {name: x}}
- {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: x}, spec: {containers: [{name: c}]}}
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: deny, namespace: x}
  spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;
/** The verdict about namespace x beside files that configure nodes. */
export function denial(files: Readonly<Record<string, string>>, enforcer: string, more = '') {
  const nodeSettings = nodeSettingsIn(new Map(Object.entries(files)));
  const objects = readObjects(parse(denied + more), 'list.yaml');
  const assumptions = { enforcer, lan: [], vpn: [], podRanges: ['10.42.0.0/16'], nodeSettings };
  const proof = analyse(objects, assumptions).proofs.find(
    ({ invariant, claim }) => invariant === 'default-deny' && claim.includes(' x '),
  );
  return {
    verdict: proof?.verdict,
    sentence: proof?.sentence ?? '',
    files: proof?.evidence.map(({ object }) => object.file),
  };
}
