import { describeObject, refOf } from '../../manifests/sourcedObject.ts';
import { leadsIn } from '../kinds/registry.ts';
import { conclude, hopOf, type Objection, unmodelledObjections } from './conclusion.ts';
import type { Invariant } from './invariant.ts';

export const ingresses = {
  id: 'ingresses',
  title: 'No Ingress',
  promise: 'No Ingress or IngressRoute leads into the cluster past the tunnel',
  remedy: 'Route the hostname through the origin proxy instead of an Ingress of its own',
  brokenByPresence: true,
  prove: ({ model }) => {
    const found = model.objects
      .filter(({ object }) => leadsIn(object))
      .map((source): Objection => {
        const object = refOf(source);
        const because = [{ object, rule: object.kind }];
        const sentence = `${describeObject(object)} leads in past the tunnel`;
        return { certain: true, sentence, evidence: because, path: [hopOf(object, because)] };
      });
    return [
      conclude('No Ingress leads in', [...found, ...unmodelledObjections(model, ['routes'])], {
        sentence:
          model.objects.length === 0 ? 'Nothing to prove: there is no object' : 'No object is an Ingress',
        evidence: [],
      }),
    ];
  },
} as const satisfies Invariant;
