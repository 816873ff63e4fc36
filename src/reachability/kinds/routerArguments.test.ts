import { expect, it } from 'vitest';
import { analyse } from '../analyse.ts';
import { readObjects } from '../queries.ts';

function verdicts(...args: string[]): readonly (string | undefined)[] {
  const router = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-router', namespace: 'kube-system' },
    spec: {
      template: {
        metadata: { labels: { app: 'router' } },
        spec: {
          containers: [{ name: 'router', image: 'docker.io/cloudnativelabs/kube-router:v2.6.0', args }],
        },
      },
    },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'db', namespace: 'apps' },
    spec: { ports: [{ port: 1 }] },
  };
  const { proofs } = analyse(readObjects([router, service], 'list'), {
    enforcer: 'kube-router',
    lan: [],
    vpn: [],
  });
  return ['node-ports', 'load-balancers'].map(
    (id) => proofs.find(({ invariant }) => invariant === id)?.verdict,
  );
}

it.each([
  [['--advertise-cluster-ip']],
  [['--advertise-cluster-ip=true']],
  [['--advertise-cluster-ip=${FLAG}']],
  [['--advertise-cluster-ip=false', '--advertise-cluster-ip=true']],
  [['--run-router=true', '--peer-router-ips=192.0.2.1', '--peer-router-asns=64512']],
])('kube-router announces addresses of the cluster with %s', (args) => {
  expect(verdicts(...args)).toEqual(['unknown', 'unknown']);
});

it.each([
  [[]],
  [['--advertise-cluster-ip=false']],
  [['--advertise-cluster-ip', '--run-router=false']],
  [['--advertise-external-ip=true', '--advertise-loadbalancer-ip=true']],
  [['--peer-router-ips=192.0.2.1', '--advertise-pod-cidr=false']],
])('kube-router announces none with %s', (args) => {
  expect(verdicts(...args)).toEqual(['proved', 'proved']);
});
