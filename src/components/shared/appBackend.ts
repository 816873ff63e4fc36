import type * as z from 'zod';
import type { Backend } from '../contract/network.ts';
import type { backendFields } from './backendFields.ts';

type AppBackendFields = z.output<z.ZodObject<typeof backendFields>>;

/**
 * The Service of an app that a person runs.
 *
 * @param directory - that of its network policy, from the root of the repository
 */
export function appBackend(
  { namespace, service, port, targetPort, pods }: AppBackendFields,
  directory: string,
): Backend {
  return {
    // The app may have a policy of its own with the name of the Service.
    workload: { directory, namespace, name: `${service}-by-route`, labels: pods.labels, ownApp: true },
    service,
    port,
    targetPort,
  };
}
