import { defineComponent, type Manifest } from '../contract/component.ts';
import { cloudflareSites, tunnelEdge } from '../shared/cloudflare.ts';
import { connectionsFor, tcp } from '../shared/connections.ts';
import { clusterDns, dnsPorts } from '../shared/externalPeers.ts';
import { requesterOf } from '../shared/requesters.ts';
import { cloudflaredChecks } from './checks.ts';
import { configMap } from './configMap.ts';
import { deployment, disruptionBudget, serviceAccount } from './deployment.ts';
import { cloudflaredDocuments } from './documents.ts';
import { nameOf } from './publicNames.ts';
import { releaseNotes } from './releaseNotes.ts';
import { type CloudflaredSection, cloudflaredSection } from './section.ts';
import { credentialsSecret, directory, namespace, self } from './self.ts';

/** The tunnel to Cloudflare's edge. It connects to the edge, the keys of Access and the proxies that require it. */
export const cloudflared = defineComponent<CloudflaredSection>({
  name: 'cloudflared',
  section: 'cloudflared',
  summary: 'A tunnel to Cloudflare’s edge, which hands over only what Access let through.',
  listing: { title: 'Cloudflare Tunnel', area: 'access', guide: 'docs/quickstart.md' },
  schema: cloudflaredSection,
  requires: () => [
    { kind: 'namespace', requester, name: namespace, podSecurity: 'restricted' },
    connect(self, clusterDns, dnsPorts, 'names of Services and of the edge'),
    connect(self, tunnelEdge, tunnelPorts, 'the tunnel, over QUIC or HTTP/2'),
    connect(self, cloudflareSites, tcp(443), 'the keys of Access'),
  ],
  provides: {
    tunnel: {
      requires: (tunnel, { section }) => [
        team,
        nameOf(tunnel, section),
        connectionsFor('cloudflared', tunnel.requester.field)(
          self,
          tunnel.backend.workload,
          tcp(tunnel.backend.targetPort),
          'what Access let through',
        ),
      ],
    },
  },
  build(context) {
    const rules = context.provided('tunnel');
    const config = configMap(context, rules, context.binding(team)?.team);
    const manifest = (file: string, objects: Manifest['objects']): Manifest => ({
      directory: directory,
      file,
      objects,
      field: 'cloudflared',
    });
    return {
      manifests: [
        manifest('serviceaccount.yaml', [serviceAccount]),
        manifest('configmap.yaml', [config]),
        manifest('deployment.yaml', [deployment(context, config)]),
        manifest('poddisruptionbudget.yaml', disruptionBudget(context)),
      ],
    };
  },
  secrets: ({ section }) => [
    {
      name: credentialsSecret,
      namespace,
      purpose: 'what cloudflared proves itself with at Cloudflare’s edge',
      usedBy: ['deployment/cloudflared'],
      field: 'cloudflared',
      directory,
      deliveryField: 'cloudflared.delivery',
      keys: [
        {
          key: 'credentials.json',
          from: 'field',
          field: 'cloudflared.credentials',
          value: section.credentials,
          source: '"cloudflared tunnel create" writes it to ~/.cloudflared/<tunnel id>.json',
          create: { fromFile: '"$HOME/.cloudflared/${TUNNEL_ID}.json"' },
        },
      ],
    },
  ],
  checks: () => cloudflaredChecks,
  documents: cloudflaredDocuments,
  releaseNotes,
});

const tunnelPorts = [
  { port: 7844, protocol: 'UDP' },
  { port: 7844, protocol: 'TCP' },
] as const;

const requester = requesterOf('cloudflared', 'cloudflared');
const team = { kind: 'access-team', requester } as const;
const connect = connectionsFor('cloudflared', 'cloudflared');
