import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readDocuments } from '../../manifests/tree.ts';
import { analyse } from '../analyse.ts';

const program = 'export default { authorize(r) { r.return(403); } };\n';
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const repository = (files: string, directives = 'js_import check from /etc/check/check.js;'): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: tunnel, namespace: x}
data:
  config.yaml: |
    tunnel: 11111111-1111-1111-1111-111111111111
    credentials-file: /etc/credentials.json
    ingress: [{hostname: a.example.org, service: "http://proxy:8080"}, {service: "http_status:404"}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: tunnel, namespace: x}
spec:
  selector: {matchLabels: {app: tunnel}}
  template:
    metadata: {labels: {app: tunnel}}
    spec:
      containers:
        - {name: t, image: "cloudflare/cloudflared:2026.8.2", args: [tunnel, --config, /t/config.yaml, run], volumeMounts: [{name: t, mountPath: /t}]}
      volumes: [{name: t, configMap: {name: tunnel}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: proxy, namespace: x}
data:
  nginx.conf: |
    events {}
    http {
      ${directives}
      server {
        listen 8080;
        location / { js_access check.authorize; proxy_pass http://app:80; }
      }
    }
---
apiVersion: v1
kind: ConfigMap
metadata: {name: check, namespace: x}
data:
${files}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: proxy, namespace: x}
spec:
  selector: {matchLabels: {app: proxy}}
  template:
    metadata: {labels: {app: proxy}}
    spec:
      containers:
        - name: nginx
          image: nginx:1.30
          volumeMounts: [{name: c, mountPath: /etc/nginx/nginx.conf, subPath: nginx.conf}, {name: p, mountPath: /etc/check}]
      volumes: [{name: c, configMap: {name: proxy}}, {name: p, configMap: {name: check}}]
---
apiVersion: v1
kind: Service
metadata: {name: proxy, namespace: x}
spec: {selector: {app: proxy}, ports: [{port: 8080}]}
`;

const file = (name: string, text: string): string => `  ${name}: ${JSON.stringify(text)}`;

function proofOf(text: string, verifiers?: readonly string[]) {
  const { proofs } = analyse(readDocuments('a.yaml', text).objects, {
    enforcer: 'kube-router',
    lan: [],
    vpn: [],
    ...(verifiers === undefined ? {} : { verifiers }),
  });
  return proofs.find(({ invariant }) => invariant === 'proxy-demands');
}

describe('a program of nginx', () => {
  it('counts as a check if its text is known to be one', () => {
    expect(proofOf(repository(file('check.js', program)), [digest(program)])?.verdict).toBe('proved');
  });

  it.each<[why: string, text: string, verifiers: readonly string[] | undefined, said: string]>([
    ['no text is known', repository(file('check.js', program)), undefined, 'not the one'],
    ['its text is another', repository(file('check.js', `${program}//`)), [digest(program)], 'not the one'],
    [
      'its file is not mounted',
      repository(file('other.js', program)),
      [digest(program)],
      'not among the objects',
    ],
    [
      'another program has its name',
      repository(
        `${file('check.js', program)}\n${file('other.js', 'export default {};')}`,
        'js_import check from /etc/check/check.js; js_import check from /etc/check/other.js;',
      ),
      [digest(program)],
      'not among the objects',
    ],
    [
      'nothing imports it',
      repository(file('check.js', program), ''),
      [digest(program)],
      'not among the objects',
    ],
  ])('is not known to check if %s', (_why, text, verifiers, said) => {
    const proof = proofOf(text, verifiers);
    expect(proof?.verdict).toBe('unknown');
    expect(proof?.sentence).toContain('check.authorize');
    expect(proof?.sentence).toContain(said);
  });
});
