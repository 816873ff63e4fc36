/**
 * What Pod Security's `restricted` profile demands of a container
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
 */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
};

/** What it demands of a pod, beside a user of its own. */
export const restrictedPod = {
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
