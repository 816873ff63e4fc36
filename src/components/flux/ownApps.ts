import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { Page } from '../contract/documents.ts';
import { ageSecret, namespace, objectNames } from '../shared/fluxNames.ts';

/** `docs/own-apps.md`: how an app that Gatehouse does not know is kept in the same repository. */
export function ownAppsPage(settings: ClusterSettings): Page {
  const { source, cluster } = objectNames({ settings });
  const encrypted = settings.secrets.recipients.length > 0;
  const directory = `clusters/${settings.cluster.name}`;
  return {
    path: 'docs/own-apps.md',
    title: 'Your own apps beside it',
    content: `Gatehouse writes what \`cluster.yaml\` describes and leaves every other file alone. Keep an app of your own in a directory of its own,
with a Flux Kustomization of its own: then a mistake in it does not stop what Gatehouse wrote.

1. Put the manifests into a directory, here \`own/\`. The namespace denies all traffic, and each policy allows what the app needs:

\`\`\`sh
mkdir -p own
cat > own/kustomization.yaml <<'END'
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - namespace.yaml
END
cat > own/namespace.yaml <<'END'
apiVersion: v1
kind: Namespace
metadata:
  name: own
  labels:
    pod-security.kubernetes.io/enforce: baseline
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny
  namespace: own
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
END
\`\`\`

2. Write the Flux Kustomization that applies it:

\`\`\`sh
cat > ${directory}/own.yaml <<'END'
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: own
  namespace: ${namespace}
spec:
  interval: 10m
  path: ./own
  prune: true
  sourceRef:
    kind: GitRepository
    name: ${source}
${
  encrypted
    ? `  decryption:
    provider: sops
    secretRef:
      name: ${ageSecret.name}
`
    : ''
}END
\`\`\`

3. Add it to \`${directory}/kustomization.yaml\`. \`gatehouse configure\` keeps a line that you add:

\`\`\`yaml
resources:
  - own.yaml
\`\`\`

4. Check what the app changes, and commit. \`gatehouse check\` reads it like everything else:

\`\`\`sh
gatehouse configure
gatehouse check
git add -A
gatehouse scan --staged
git commit -m 'An app of my own'
git push origin HEAD:${settings.repository.branch}
flux get kustomizations --watch
\`\`\`

The Kustomization \`${cluster}\` becomes ready when \`own\` does. ${
      encrypted
        ? `A Secret of your own goes into a file called \`NAME.sops.yaml\`: \`sops encrypt --in-place own/NAME.sops.yaml\` takes the
recipients from \`.sops.yaml\`, and Flux decrypts it. `
        : ''
    }Whatever else leads into the cluster, \`gatehouse check\` reports.

A host name leads to it by a route: name its Service in \`cluster.yaml\` under \`routes\`, with a login. \`gatehouse explain routes.NAME\`
tells the fields, and \`gatehouse configure\` writes the route, its policy, and what lets the gateway reach the pods.

**Without Flux** nothing applies a Flux Kustomization, and \`gatehouse manifests --local\` refuses yours with \`needs-flux\`. Leave out
step 2, and name the directory itself in step 3, with \`- ../../own\` in the place of \`- own.yaml\`.`,
  };
}
