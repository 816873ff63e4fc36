/** Assumptions about a network with kube-router as the enforcer, and nothing else. */
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
export const assumptions = { enforcer: 'kube-router', lan: [], vpn: [], podRanges: ['10.42.0.0/16'] };

/** An object as it is in a file. */
export const source = (object: object): SourcedObject => ({
  file: 'file.yaml',
  object: object as SourcedObject['object'],
});
