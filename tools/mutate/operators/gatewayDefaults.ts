import type { ConfigData } from '../../../tests/testDirectory.ts';
import { type Family, type Operator, ofKind, placeOf } from '../operator.ts';
import type { Document, Draft, Tree } from '../tree.ts';

/** Whether the Envoy of a Gateway is at an address of a load balancer. */
function isExposed(tree: Tree, { spec, metadata }: ConfigData): boolean {
  const name = spec.infrastructure?.parametersRef?.name;
  return ofKind(tree, 'EnvoyProxy').some(
    ({ object }) =>
      object.metadata.name === name &&
      object.metadata.namespace === metadata.namespace &&
      object.spec.provider?.kubernetes?.envoyService?.type !== 'ClusterIP',
  );
}

/** Policies of Gateways and of their listeners that answer nobody, or not everybody. */
const denying = (tree: Tree): readonly Document[] => {
  const exposed = ofKind(tree, 'Gateway').filter(({ object }) => isExposed(tree, object));
  return ofKind(tree, 'SecurityPolicy').filter(({ object: { metadata, spec } }) =>
    exposed.some(
      (gateway) =>
        spec.authorization?.defaultAction === 'Deny' &&
        spec.targetRefs?.[0]?.kind === 'Gateway' &&
        spec.targetRefs[0].name === gateway.object.metadata.name &&
        metadata.namespace === gateway.object.metadata.namespace,
    ),
  );
};

/** Those of whole Gateways. What a route demands for itself is not their part. */
const defaults = (tree: Tree): readonly Document[] =>
  denying(tree).filter(({ object: { spec } }) => spec.targetRefs[0].sectionName === undefined);
/** Those of a listener that hands connections on unopened: no policy can be on its route. */
const ofListeners = (tree: Tree): readonly Document[] =>
  denying(tree).filter(({ object: { spec } }) => spec.targetRefs[0].sectionName !== undefined);

/** A route without a policy of its own then answers everybody. */
const opening = (
  id: string,
  does: string,
  change: (policy: ConfigData, draft: Draft, document: Document) => void,
): Operator => ({
  ...{
    id,
    does,
    source: 'Envoy Gateway 1.9, SecurityPolicy, Precedence: a route without one has that of its Gateway',
  },
  mutations: (tree) =>
    defaults(tree).map((document) => ({
      where: placeOf(document),
      change: (draft) => change(draft.get(document), draft, document),
      breaks: [{ invariant: 'load-balancers' }],
    })),
});

export const gatewayDefaultFamily: Family = {
  title: 'What a Gateway does where no route says it',
  operators: [
    opening(
      'gateway-allows-by-default',
      'Allows by default in the SecurityPolicy of a Gateway',
      ({ spec }) => {
        spec.authorization.defaultAction = 'Allow';
      },
    ),
    opening(
      'gateway-without-default',
      'Deletes the SecurityPolicy of a Gateway, which denies',
      (_policy, draft, document) => draft.remove(document),
    ),
    opening(
      'gateway-allows-addresses',
      'Adds a rule for every address to the SecurityPolicy of a Gateway',
      ({ spec }) => {
        spec.authorization.rules = [{ action: 'Allow', principal: { clientCIDRs: ['0.0.0.0/0', '::/0'] } }];
      },
    ),
    opening(
      'gateway-default-misspelt',
      'Names another Gateway as the target of the SecurityPolicy',
      ({ spec }) => {
        spec.targetRefs[0].name = 'misspelt';
      },
    ),
    opening(
      'gateway-default-of-one-listener',
      'Holds the SecurityPolicy of a Gateway to one of its listeners',
      ({ spec }) => {
        spec.targetRefs[0].sectionName = 'http';
      },
    ),
    opening(
      'gateway-default-beside-another',
      'Adds a SecurityPolicy with `cors` alone to a listener, where it takes the place of that of the Gateway',
      ({ spec, metadata }, draft, document) =>
        draft.add(document, {
          apiVersion: 'gateway.envoyproxy.io/v1alpha1',
          kind: 'SecurityPolicy',
          metadata: { name: 'opened', namespace: metadata.namespace },
          spec: {
            targetRefs: [{ ...spec.targetRefs[0], sectionName: 'https' }],
            cors: { allowOrigins: ['https://example.org'] },
          },
        }),
    ),
    {
      id: 'listener-allows-by-default',
      does: 'Allows by default in the SecurityPolicy of a listener that hands connections on unopened',
      source: 'Envoy Gateway 1.9, SecurityPolicy: that of a listener takes the place of that of its Gateway',
      mutations: (tree) =>
        ofListeners(tree).map((document) => ({
          where: placeOf(document),
          change: (draft) => {
            draft.get(document).spec.authorization.defaultAction = 'Allow';
          },
          breaks: [{ invariant: 'outside-gated' }],
        })),
    },
  ],
};
