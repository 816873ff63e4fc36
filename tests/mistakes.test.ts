// Crosses components, compile and operations/configure.
import { beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../src/kubernetes/object.ts';
import type { Container, Deployment, NetworkPolicy, PodSpec } from '../src/kubernetes/types.ts';
import type { Prepared } from '../src/operations/configure/configure.ts';
import { preparedHome } from './home.ts';

/**
 * The mistakes of the first implementation of this home, each with what Gatehouse does instead.
 */
describe('mistakes that are not made again', () => {
  let prepared: Prepared;
  beforeAll(async () => {
    prepared = await preparedHome();
  });

  const objects = (): KubernetesObject[] => prepared.plan.objects.map(({ object }) => object);
  const deployment = (name: string): Deployment => {
    const found = objects().find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name);
    if (found === undefined) throw new Error(`no Deployment ${name}`);
    return found as unknown as Deployment;
  };
  const pod = (name: string): PodSpec => deployment(name).spec.template.spec as PodSpec;
  const container = (name: string): Container => {
    const [first] = pod(name).containers;
    if (first === undefined) throw new Error(`no container in ${name}`);
    return first;
  };
  const pods = (): { name: string; spec: PodSpec }[] =>
    objects().flatMap((object) => {
      const template = (object as { spec?: { template?: { spec?: PodSpec } } }).spec?.template?.spec;
      return template ? [{ name: `${object.kind}/${object.metadata.name}`, spec: template }] : [];
    });
  const text = (path: string): string => {
    const file = prepared.plan.files.find((candidate) => candidate.path === path);
    if (file === undefined || !('content' in file)) throw new Error(`no file ${path}`);
    return file.content;
  };
  const nginx = (): string => text('apps/networking/immich-origin-proxy/configmap.yaml');
  const tunnel = (): string => text('apps/networking/cloudflared/configmap.yaml');

  it('a header that is only there does not pass: the token is verified', () => {
    expect(nginx()).toMatch(/js_access \w+\.\w+;/);
    expect(nginx()).toContain('https://${ACCESS_TEAM}.cloudflareaccess.com');
    expect(nginx()).toContain('${IMMICH_ACCESS_AUDIENCE}');
  });

  it('no placeholder path is reconciled: Flux fills in the path of the NAS from an encrypted Secret', () => {
    expect(JSON.stringify(pod('immich-server').volumes)).toContain('"path":"${NAS_LIBRARY_PATH}"');
    expect(prepared.plan.encrypted.map(({ object }) => object['data'])).toEqual([
      expect.objectContaining({ NAS_LIBRARY_PATH: Buffer.from('/mnt/nas/photos/immich').toString('base64') }),
    ]);
  });

  it('cloudflared is started without a shell, which its image does not have', () => {
    expect(container('cloudflared').command).toBeUndefined();
    expect(container('cloudflared').args?.[0]).toBe('tunnel');
  });

  it('cloudflared has probes and resources, and no token of a service account', () => {
    expect(container('cloudflared').livenessProbe?.httpGet?.path).not.toBe('/ready');
    expect(container('cloudflared').readinessProbe?.httpGet?.path).toBe('/ready');
    expect(container('cloudflared').resources?.limits).toBeDefined();
    expect(pod('cloudflared').automountServiceAccountToken).toBe(false);
  });

  it('credentials are mounted as a file, never taken as variables from a Secret', () => {
    for (const { name, spec } of pods()) {
      for (const { envFrom } of spec.containers) expect(envFrom, name).toBeUndefined();
    }
    expect(JSON.stringify(pod('cloudflared').volumes)).toContain('credentials.json');
  });

  it('two Immich servers never write one library', () => {
    expect(deployment('immich-server').spec.strategy?.type).toBe('Recreate');
  });

  it('the NAS is guarded at the start, in the start command and by the probes, not by an init container alone', () => {
    expect(pod('immich-server').initContainers?.[0]?.command?.join(' ')).toContain('nas-guard.sh check');
    const server = container('immich-server');
    expect(server.command?.join(' ')).toContain('nas-guard.sh start');
    expect(server.livenessProbe?.exec?.command?.join(' ')).toContain('nas-guard.sh probe');
    expect(server.readinessProbe?.exec?.command?.join(' ')).toContain('nas-guard.sh probe');
  });

  it('the library is where Immich is told that it is', () => {
    const server = container('immich-server');
    const location = server.env?.find(({ name }) => name === 'IMMICH_MEDIA_LOCATION')?.value;
    expect(server.volumeMounts?.find(({ name }) => name === 'library')?.mountPath).toBe(location);
    expect(server.env?.some(({ name }) => name === 'UPLOAD_LOCATION')).toBe(false);
    expect(server.env?.some(({ name }) => name === 'IMMICH_IGNORE_MOUNT_CHECK_ERRORS')).toBe(false);
  });

  it('PostgreSQL has VectorChord, a directory that must exist, and shared memory', () => {
    expect(container('immich-postgres').image).toContain('vectorchord');
    expect(pod('immich-postgres').volumes?.find(({ name }) => name === 'data')?.hostPath?.type).toBe(
      'Directory',
    );
    expect(container('immich-postgres').volumeMounts?.some(({ mountPath }) => mountPath === '/dev/shm')).toBe(
      true,
    );
  });

  it('Kubernetes creates no directory of a node', () => {
    for (const { name, spec } of pods()) {
      for (const { hostPath } of spec.volumes ?? [])
        if (hostPath) expect(hostPath.type, name).toBe('Directory');
    }
  });

  it('machine learning sees no library and has room for its models', () => {
    expect(JSON.stringify(pod('immich-machine-learning'))).not.toContain('NAS_LIBRARY_PATH');
    expect(container('immich-machine-learning').volumeMounts?.map(({ mountPath }) => mountPath)).toContain(
      '/cache',
    );
  });

  it('web sockets pass the origin proxy', () => {
    expect(nginx()).toMatch(/proxy_set_header Upgrade /);
    expect(nginx()).not.toMatch(/proxy_set_header Connection "";/);
  });

  it('the app is told https, and the real client instead of what the client says', () => {
    expect(nginx()).toMatch(/proxy_set_header X-Forwarded-Proto https;/);
    expect(nginx()).not.toContain('$proxy_add_x_forwarded_for');
  });

  it('slow uploads have ten minutes', () => {
    expect(nginx()).toMatch(/proxy_read_timeout 600s;/);
    expect(nginx()).toMatch(/proxy_send_timeout 600s;/);
  });

  it('the origin proxy sees a change of its configuration: no file is mounted by subPath', () => {
    for (const { name, spec } of pods()) {
      for (const { volumeMounts } of spec.containers) {
        for (const mount of volumeMounts ?? []) expect(mount.subPath, name).toBeUndefined();
      }
    }
  });

  it('nothing runs as root', () => {
    for (const { name, spec } of pods()) {
      expect(spec.securityContext?.runAsNonRoot, name).toBe(true);
      expect(spec.securityContext?.runAsUser ?? 0, name).toBeGreaterThan(0);
    }
  });

  it('every workload has a network policy, and every namespace denies by default', () => {
    const policies = objects().filter(({ kind }) => kind === 'NetworkPolicy') as unknown as NetworkPolicy[];
    for (const object of objects()) {
      const template = (
        object as { spec?: { template?: { metadata?: { labels?: Record<string, string> } } } }
      ).spec?.template;
      if (template === undefined) continue;
      const labels = template.metadata?.labels ?? {};
      const selecting = policies.filter(
        ({ metadata, spec }) =>
          metadata.namespace === object.metadata.namespace &&
          Object.entries(spec?.podSelector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value),
      );
      expect(
        selecting.map(({ metadata }) => metadata.name),
        object.metadata.name,
      ).toContain('default-deny');
    }
  });

  it('every image is pinned', () => {
    for (const { name, spec } of pods()) {
      for (const { image } of [...spec.containers, ...(spec.initContainers ?? [])])
        expect(image, name).toMatch(/:(?!latest$)[\w.-]+$/);
    }
  });

  it('Access is demanded on each rule of the tunnel, never at the top, and the last rule answers 404', () => {
    expect(tunnel()).toMatch(
      /ingress:\n\s+- hostname: .*\n\s+service: .*\n\s+originRequest:\n\s+access:\n\s+required: true/,
    );
    expect(tunnel()).not.toMatch(/^ {4}originRequest:/m);
    expect(tunnel()).toMatch(/- service: "?http_status:404"?\n/);
    expect(tunnel()).not.toContain('path:');
  });

  it('the same host name is used inside and outside, and the documents say how the app switches', () => {
    const documents = prepared.plan.files.filter(
      (file) => 'content' in file && file.path.startsWith('docs/'),
    );
    expect(documents.some((file) => 'content' in file && /automatic URL switching/i.test(file.content))).toBe(
      true,
    );
  });
});
