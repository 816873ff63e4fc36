import { type Fields, isFields, textAt } from './fields.ts';
import { filled, mapped } from './filledFields.ts';

/**
 * The spec of a pod as the API server stores it (`SetDefaults_PodSpec`, `SetDefaults_Container` and those below them in
 * `pkg/apis/core/v1/defaults.go`, Kubernetes 1.36). What is false or empty, and stored as if it were not there, is a
 * default too.
 */
export function podWithDefaults(spec: Fields): Fields {
  const { serviceAccount, ...rest } = spec;
  const whole = filled(rest, {
    ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
    securityContext: {},
    enableServiceLinks: true,
    hostNetwork: false,
    hostPID: false,
    hostIPC: false,
    nodeSelector: {},
    ...empty('initContainers', 'volumes', 'tolerations', 'imagePullSecrets', 'topologySpreadConstraints'),
  });
  const started = mapped(mapped(whole, 'containers', container), 'initContainers', container);
  return mapped(started, 'volumes', volume);
}

/** A list without an entry is stored as none. */
function empty(...names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, []]));
}

function container(fields: Fields): Fields {
  const whole = filled(fields, {
    imagePullPolicy: pullPolicyOf(textAt(fields, 'image') ?? ''),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: {},
    stdin: false,
    stdinOnce: false,
    tty: false,
    ...empty('command', 'args', 'ports', 'env', 'envFrom', 'volumeMounts'),
  });
  const changes: readonly [string, (value: Fields) => Fields][] = [
    ['ports', (port) => filled(port, { protocol: 'TCP' })],
    ['env', variable],
    ['volumeMounts', (mount) => filled(mount, { readOnly: false })],
    ['livenessProbe', probe],
    ['readinessProbe', probe],
    ['startupProbe', probe],
    ['lifecycle', (hooks) => mapped(mapped(hooks, 'postStart', handler), 'preStop', handler)],
  ];
  return changes.reduce((changed, [name, change]) => mapped(changed, name, change), whole);
}

/** A tag that moves is pulled each time. */
function pullPolicyOf(image: string): string {
  const [name = '', digest] = image.split('@');
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent';
}

function variable(fields: Fields): Fields {
  if (!isFields(fields['valueFrom'])) return filled(fields, { value: '' });
  return mapped(fields, 'valueFrom', (from) => mapped(from, 'fieldRef', fieldReference));
}

function fieldReference(reference: Fields): Fields {
  return filled(reference, { apiVersion: 'v1' });
}

function probe(fields: Fields): Fields {
  const timed = {
    initialDelaySeconds: 0,
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  };
  return mapped(filled(handler(fields), timed), 'grpc', (grpc) => filled(grpc, { service: '' }));
}

function handler(fields: Fields): Fields {
  return mapped(fields, 'httpGet', (get) => filled(get, { path: '/', scheme: 'HTTP' }));
}

/** The mode 0644 of files. */
const fileMode = { defaultMode: 0o644 };

function volume(fields: Fields): Fields {
  const changes: readonly [string, (value: Fields) => Fields][] = [
    ['configMap', (source) => filled(source, fileMode)],
    ['secret', (source) => filled(source, fileMode)],
    ['downwardAPI', (source) => downward(filled(source, fileMode))],
    ['projected', (source) => mapped(filled(source, fileMode), 'sources', projection)],
    ['hostPath', (source) => filled(source, { type: '' })],
    ['nfs', (source) => filled(source, { readOnly: false })],
    ['persistentVolumeClaim', (source) => filled(source, { readOnly: false })],
  ];
  const isEmpty = Object.keys(fields).every((name) => name === 'name');
  const whole = isEmpty ? { ...fields, emptyDir: {} } : fields;
  return changes.reduce((changed, [name, change]) => mapped(changed, name, change), whole);
}

function projection(source: Fields): Fields {
  const tokens = mapped(source, 'serviceAccountToken', (token) => filled(token, { expirationSeconds: 3600 }));
  return mapped(tokens, 'downwardAPI', downward);
}

function downward(source: Fields): Fields {
  return mapped(source, 'items', (item) => mapped(item, 'fieldRef', fieldReference));
}
