import type { PodSecurityContext, SecurityContext } from './types.ts';

/**
 * What Pod Security's `restricted` profile demands of a container
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
 */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
} satisfies SecurityContext;

/** What it demands of a pod, beside a user of its own. */
export const restrictedPod = {
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
} satisfies PodSecurityContext;
