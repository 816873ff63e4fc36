import { groupOf } from '../../kubernetes/object.ts';
import { describeObject, refOf } from '../../manifests/sourcedObject.ts';
import type { ExposedPort } from '../entrypoints/exposedPorts.ts';
import type { Model } from '../model/model.ts';
import { hopOf, type Objection, unmodelledObjections } from './conclusion.ts';

/** One objection for each object that may open a port unseen. */
export function hiddenPorts(model: Model): readonly Objection[] {
  return [...unmodelledObjections(model, ['services']), ...gatewayObjections(model)];
}

/** A Gateway's controller makes a Service for it, and usually one of type LoadBalancer. */
function gatewayObjections(model: Model): readonly Objection[] {
  return model.objects
    .filter(({ object }) => object.kind === 'Gateway' && groupOf(object) === 'gateway.networking.k8s.io')
    .map((source) => {
      const object = refOf(source);
      const sentence = `The Service that a controller makes for ${describeObject(object)} is not among the objects`;
      return { certain: false, sentence, evidence: [{ object, rule: 'its Service is made elsewhere' }] };
    });
}

export function nameExposedPort({ object, port, protocol, kind }: ExposedPort): string {
  const number = port === undefined ? 'a port that Kubernetes picks' : `port ${port}`;
  return `${describeObject(object)} opens ${number}/${protocol} (${kind})`;
}

export function exposedPortObjection(exposedPort: ExposedPort): Objection {
  const because = [{ object: exposedPort.object, rule: exposedPort.kind }];
  return {
    certain: true,
    sentence: nameExposedPort(exposedPort),
    evidence: because,
    path: [hopOf(exposedPort.object, because, exposedPort.port)],
  };
}
