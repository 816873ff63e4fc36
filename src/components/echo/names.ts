import type { Backend, Workload } from '../contract/network.ts';
import {
  appDirectory,
  type FluxKustomizationRef,
  fluxKustomizationIn,
} from '../shared/fluxKustomizations.ts';
import { partLabels } from '../shared/labels.ts';
import type { EchoInstance, EchoSection } from './section.ts';

/** Each instance is applied by itself, so that one whose route is refused stops no other. */
export function kustomizationOf(name: string): FluxKustomizationRef {
  return fluxKustomizationIn('echo', `echo-${name}`);
}

export function workloadOf({ namespace }: EchoSection, name: string): Workload {
  return {
    directory: appDirectory(kustomizationOf(name)),
    namespace,
    name: `echo-${name}`,
    labels: partLabels('echo', name),
  };
}

/** What a server listens on, as its image has it or as it is told. */
export const ports = { http: 8080, https: 8443, grpc: 8080 } as const;

export function backendOf(section: EchoSection, name: string, { protocol }: EchoInstance): Backend {
  const workload = workloadOf(section, name);
  const service = workload.name;
  switch (protocol) {
    case 'http':
    case 'tcp':
      return { workload, service, port: 80, targetPort: ports.http };
    case 'tls':
      return { workload, service, port: 443, targetPort: ports.https };
    case 'grpc':
      return { workload, service, port: 80, targetPort: ports.grpc };
  }
}
