import type { PodSecurityContext, SecurityContext } from './types.ts';

/**
 * The container settings that the `restricted` Pod Security profile requires
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
 */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
} satisfies SecurityContext;

/** The pod settings that it requires, except for a user ID. */
export const restrictedPod = {
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
} satisfies PodSecurityContext;
