import { describeObject } from '../../manifests/sourcedObject.ts';
import { internetEntries } from '../entrypoints/accessMap.ts';
import type { ExposedPort } from '../entrypoints/exposedPorts.ts';
import { internetSources, isServedIn } from '../entrypoints/internetSources.ts';
import type { Model } from '../model/model.ts';
import { hopOf, type Objection, unmodelledObjections } from './conclusion.ts';
import type { InvariantContext } from './invariant.ts';

/** One objection for each object that may open a port unseen. */
export function hiddenPorts(model: Model): readonly Objection[] {
  return unmodelledObjections(model, ['services']);
}

export function nameExposedPort({ object, port, protocol, kind }: ExposedPort): string {
  if (port === undefined && kind === 'hostNetwork')
    return `${describeObject(object)} opens the ports that its program picks (${kind})`;
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

/**
 * What speaks against an exposed port where nodes have addresses on the internet: each path from there, unless a verified
 * token is demanded on it.
 */
export function internetObjections(
  { model, assumptions }: Pick<InvariantContext, 'model' | 'assumptions'>,
  exposedPort: ExposedPort,
): readonly Objection[] {
  const remedy = 'Let a NetworkPolicy admit the home network only, or serve it over IPv4 alone';
  const own = { object: exposedPort.object, rule: exposedPort.kind };
  // What is behind a Gateway is proved of its routes.
  if (exposedPort.backends.length === 0 && exposedPort.object.kind !== 'Gateway') {
    const sentence = `${nameExposedPort(exposedPort)} to the internet, and what is behind it is not known`;
    return isOnInternet({ model, assumptions }, exposedPort)
      ? [{ certain: false, sentence, evidence: [own], remedy }]
      : [];
  }
  return internetEntries(model, exposedPort, assumptions)
    .filter(({ verdict, gate }) => verdict !== 'blocked' && gate !== 'verified')
    .map(({ verdict, sentence, hops }) => ({
      certain: verdict === 'allowed',
      sentence,
      evidence: [own, ...hops.flatMap(({ because }) => because)],
      path: hops,
      remedy,
    }));
}

/** Whether nodes serve an exposed port at an address on the internet, or may do so. */
export function isOnInternet(
  { model, assumptions }: Pick<InvariantContext, 'model' | 'assumptions'>,
  exposedPort: ExposedPort,
): boolean {
  return internetSources(model, assumptions).some(
    ({ family }) => isServedIn(exposedPort, family, assumptions) !== 'no',
  );
}
