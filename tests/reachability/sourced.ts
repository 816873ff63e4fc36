/** A network that kube-router keeps, of which nothing else is known. */
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
export const assumptions = { enforcer: 'kube-router', lan: [], vpn: [], podRanges: ['10.42.0.0/16'] };

/** An object as it stands in a file. */
export const source = (object: object): SourcedObject => ({
  file: 'file.yaml',
  object: object as SourcedObject['object'],
});
