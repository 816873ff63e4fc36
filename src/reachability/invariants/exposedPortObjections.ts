import { describeObject } from '../../manifests/sourcedObject.ts';
import type { ExposedPort } from '../entrypoints/exposedPorts.ts';
import type { Model } from '../model/model.ts';
import { hopOf, type Objection, unmodelledObjections } from './conclusion.ts';

/** One objection for each object that may open a port unseen. */
export function hiddenPorts(model: Model): readonly Objection[] {
  return unmodelledObjections(model, ['services']);
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
