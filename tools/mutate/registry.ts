import type { Family } from './operator.ts';
import { ciliumFamily } from './operators/cilium.ts';
import { fluxFamily } from './operators/flux.ts';
import { gatewayDefaultFamily } from './operators/gatewayDefaults.ts';
import { gatewayFamily } from './operators/gateways.ts';
import { gatewayTokenFamily } from './operators/gatewayTokens.ts';
import { kindFamily } from './operators/kinds.ts';
import { kustomizeFamily } from './operators/kustomize.ts';
import { nginxFamily } from './operators/nginx.ts';
import { podFamily } from './operators/pods.ts';
import { policyFamily } from './operators/policies.ts';
import { premiseFamily, secretFamily } from './operators/premises.ts';
import { releaseFamily } from './operators/releases.ts';
import { routeFamily } from './operators/routes.ts';
import { serviceFamily } from './operators/services.ts';
import { tunnelFamily } from './operators/tunnel.ts';
import { validityFamily } from './operators/validity.ts';

/** Every operator, in the order of the table. */
export const families: readonly Family[] = [
  serviceFamily,
  routeFamily,
  podFamily,
  policyFamily,
  ciliumFamily,
  gatewayFamily,
  gatewayDefaultFamily,
  gatewayTokenFamily,
  tunnelFamily,
  nginxFamily,
  kindFamily,
  fluxFamily,
  releaseFamily,
  kustomizeFamily,
  validityFamily,
  premiseFamily,
  secretFamily,
];
