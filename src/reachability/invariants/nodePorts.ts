import { describeObject, refOf } from '../../manifests/sourcedObject.ts';
import type { ExposedPort } from '../entrypoints/exposedPorts.ts';
import { isKind } from '../entrypoints/gatedPaths.ts';
import type { Assumptions, Proof } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import { conclude, hopOf, type Objection, unseenObjections } from './conclusion.ts';

/** What stands open besides the tunnels: node ports, load balancers, Ingress objects, ports of hosts. */
export function proveOpenings(model: Model, assumptions: Assumptions): readonly Proof[] {
  const exposedPorts = model.exposedPorts;
  const hidden = [...unseenObjections(model), ...gatewayObjections(model)];
  return [
    proveNodePorts(exposedPorts, hidden, assumptions.expectedNodePorts),
    proveLoadBalancers(exposedPorts, hidden),
    proveIngresses(model),
    proveHostPorts(exposedPorts, unseenObjections(model)),
  ];
}

/** A Gateway's controller makes a Service for it, and usually one of type LoadBalancer. */
function gatewayObjections(model: Model): readonly Objection[] {
  return model.objects
    .filter((source) => isKind(source, 'gateway.networking.k8s.io', 'Gateway'))
    .map((source) => {
      const object = refOf(source);
      const sentence = `The Service that a controller makes for ${describeObject(object)} is not among the objects`;
      return { certain: false, sentence, evidence: [{ object, rule: 'its Service is made elsewhere' }] };
    });
}

function nameOpening({ object, port, protocol, kind }: ExposedPort): string {
  const number = port === undefined ? 'a port that Kubernetes picks' : `port ${port}`;
  return `${describeObject(object)} opens ${number}/${protocol} (${kind})`;
}

function objectionOf(exposedPort: ExposedPort): Objection {
  const because = [{ object: exposedPort.object, rule: exposedPort.kind }];
  return {
    certain: true,
    sentence: nameOpening(exposedPort),
    evidence: because,
    path: [hopOf(exposedPort.object, because, exposedPort.port)],
  };
}

function proveNodePorts(
  exposedPorts: readonly ExposedPort[],
  hidden: readonly Objection[],
  expected: number | undefined,
): Proof {
  const ports = exposedPorts.filter(({ kind }) => kind === 'NodePort');
  const wanted = expected ?? 1;
  const wrong = expected === undefined ? ports.length > 1 : ports.length !== wanted;
  const claim = `${expected === undefined ? 'At most' : 'Exactly'} ${wanted === 1 ? 'one node port is' : `${wanted} node ports are`} open`;
  const missing = {
    // It may be among what could not be read.
    certain: hidden.length === 0,
    sentence: `${ports.length} node ports are open`,
    evidence: [],
    remedy: 'Let what is built hold the Service whose node port is meant',
  };
  const objections = wrong ? (ports.length > wanted ? ports.map(objectionOf) : [missing]) : [];
  const sentence = ports.length === 0 ? 'No Service opens a node port' : ports.map(nameOpening).join('. ');
  const evidence = ports.map(({ object, kind }) => ({ object, rule: kind }));
  return conclude('node-ports', claim, [...objections, ...hidden], { sentence, evidence });
}

function proveLoadBalancers(exposedPorts: readonly ExposedPort[], hidden: readonly Objection[]): Proof {
  const found = exposedPorts
    .filter(({ kind }) => kind === 'LoadBalancer' || kind === 'externalIP')
    .map(objectionOf);
  const sentence = 'No Service is of type LoadBalancer or lists externalIPs';
  return conclude(
    'load-balancers',
    'No load balancer and no external address leads in',
    [...found, ...hidden],
    {
      sentence,
      evidence: [],
    },
  );
}

function proveIngresses(model: Model): Proof {
  const found = model.objects
    .filter(({ object }) => object.kind === 'Ingress' || object.kind === 'IngressRoute')
    .map((source): Objection => {
      const object = refOf(source);
      const because = [{ object, rule: object.kind }];
      const sentence = `${describeObject(object)} leads in past the tunnel`;
      return { certain: true, sentence, evidence: because, path: [hopOf(object, because)] };
    });
  return conclude('ingresses', 'No Ingress leads in', [...found, ...unseenObjections(model)], {
    sentence: 'No object is an Ingress',
    evidence: [],
  });
}

function proveHostPorts(exposedPorts: readonly ExposedPort[], hidden: readonly Objection[]): Proof {
  const found = exposedPorts
    .filter(({ kind }) => kind === 'hostPort' || kind === 'hostNetwork')
    .map(objectionOf);
  return conclude('host-ports', 'No pod opens a port of its node', [...found, ...hidden], {
    sentence: 'No pod uses the network of its node or one of its ports',
    evidence: [],
  });
}
