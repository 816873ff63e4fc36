import { envoyProxyPairs } from './envoyProxies.ts';
import { gatewayPairs } from './gateways.ts';
import { operators } from './operators.ts';
import { routes } from './routes.ts';
import { securityPolicies } from './securityPolicies.ts';
import { trafficPolicies } from './trafficPolicies.ts';
import type { WrittenPair } from './writtenPair.ts';

/** The pairs for rules that random objects do not reach. */
export const writtenPairs: readonly WrittenPair[] = [
  ...trafficPolicies,
  ...envoyProxyPairs,
  ...securityPolicies,
  ...gatewayPairs,
  ...routes,
  ...operators,
];
