import { reference } from '../../config/private.ts';
import { restrictedContainer, restrictedPod } from '../../kubernetes/podSecurity.ts';
import type { ConfigMap, Job } from '../../kubernetes/types.ts';
import type { Context } from '../contract/component.ts';
import type { BucketRequirement } from '../contract/requirements.ts';
import { objectLabels } from '../shared/labels.ts';
import { bucketJob, endpoint, keysSecret, namespace, readerUser, rootSecret } from './names.ts';
import type { RustfsSection } from './section.ts';

/** The access key of a bucket is its name: that is no secret, and says in every log who it was. */
export function accessKeyOf({ bucket }: BucketRequirement): string {
  return bucket;
}

/**
 * What the key of a bucket may do: list its own bucket, and read and write what is in it. It names no other, so
 * that the key of one consumer opens nothing of another.
 */
export function policyOf({ bucket, access }: BucketRequirement): unknown {
  const inside =
    access === 'read-only'
      ? ['s3:GetObject']
      : [
          's3:GetObject',
          's3:PutObject',
          's3:DeleteObject',
          's3:AbortMultipartUpload',
          's3:ListMultipartUploadParts',
        ];
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        Resource: [`arn:aws:s3:::${bucket}`],
      },
      { Effect: 'Allow', Action: inside, Resource: [`arn:aws:s3:::${bucket}/*`] },
    ],
  };
}

/** What the reader may do: list each bucket, so that the age of what is in it can be seen. */
export function readerPolicy(buckets: readonly BucketRequirement[]): unknown {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['s3:GetBucketLocation', 's3:ListBucket'],
        Resource: buckets.map(({ bucket }) => `arn:aws:s3:::${bucket}`),
      },
    ],
  };
}

/**
 * Makes every bucket, its policy and its user, as often as it runs: each command leaves alone what is there, or says
 * it again. Attaching alone fails where it was done before, so that then the user is asked. RustFS takes these
 * requests of `mc admin` since 1.0.0 (rustfs/src/admin/utils.rs and route_registration_test.rs); 0.0.x did not.
 * The policy of a name that no bucket can have is that of a user alone, who is left out without a key.
 *
 * Flux fills in what looks like a variable of it, so no name is in braces.
 */
export const bucketScript = `set -eu
# The address with the administrator's keys is in the environment, not among the arguments that everybody sees.
export MC_HOST_store="http://$RUSTFS_ACCESS_KEY:$RUSTFS_SECRET_KEY@$STORE_HOST"

tries=0
until mc ls store > /dev/null; do
  tries=$((tries + 1))
  if [ "$tries" -ge 60 ]; then
    echo 'the store does not answer: giving up' >&2
    exit 1
  fi
  echo 'waiting for the store'
  sleep 5
done

for policy in /policies/*.json; do
  name=$(basename "$policy" .json)
  case "$name" in
    *_*) [ -e "/keys/$name" ] || continue ;;
    *) mc mb --ignore-existing "store/$name" ;;
  esac
  secret=$(cat "/keys/$name")
  mc admin policy create store "$name" "$policy"
  printf '%s\\n%s\\n' "$name" "$secret" | mc admin user add store
  if ! mc admin policy attach store "$name" --user "$name"; then
    case "$(mc admin user info store "$name" --json)" in
      *"\\"policyName\\":\\"$name\\""*) echo 'it was attached before' ;;
      *) exit 1 ;;
    esac
  fi
done
echo 'every bucket has its key'
`;

/** The script, and the policies by bucket. */
export function bucketFiles(buckets: readonly BucketRequirement[]): ConfigMap[] {
  const metadata = (name: string) => ({ name, namespace, labels: objectLabels(bucketJob) });
  const policies = [
    ...buckets.map((requirement) => [requirement.bucket, policyOf(requirement)] as const),
    [readerUser, readerPolicy(buckets)] as const,
  ].map(([name, policy]) => [`${name}.json`, `${JSON.stringify(policy, null, 2)}\n`]);
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('rustfs-bucket-script'),
      data: { 'make-buckets.sh': bucketScript },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('rustfs-bucket-policies'),
      data: Object.fromEntries(policies),
    },
  ];
}

/** The Job runs again whenever its files, a key or its image change: its annotation carries their hash. */
export function bucketsJob(
  context: Context<RustfsSection>,
  buckets: readonly BucketRequirement[],
  files: readonly ConfigMap[],
): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: bucketJob.name,
      namespace,
      labels: objectLabels(bucketJob),
      // A Job's template cannot change: Flux replaces the Job instead of failing.
      annotations: { 'kustomize.toolkit.fluxcd.io/force': 'enabled' },
    },
    spec: {
      backoffLimit: 20,
      template: {
        metadata: {
          labels: bucketJob.labels,
          annotations: { 'checksum/config': context.configHash(...files, keysOf(context, buckets)) },
        },
        spec: {
          restartPolicy: 'OnFailure',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { ...restrictedPod, runAsUser: 65_534, runAsGroup: 65_534, fsGroup: 65_534 },
          containers: [
            {
              name: 'make-buckets',
              image: context.section.images.mc,
              command: ['/bin/sh', '/scripts/make-buckets.sh'],
              env: [
                { name: 'STORE_HOST', value: endpoint.replace(/^https?:\/\//, '') },
                { name: 'MC_CONFIG_DIR', value: '/tmp/mc' },
                ...[rootSecret.accessKey, rootSecret.secretKey].map((key) => ({
                  name: key,
                  valueFrom: { secretKeyRef: { name: rootSecret.name, key } },
                })),
              ],
              resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
              securityContext: { ...restrictedContainer, readOnlyRootFilesystem: true },
              volumeMounts: [
                { name: 'scripts', mountPath: '/scripts', readOnly: true },
                { name: 'policies', mountPath: '/policies', readOnly: true },
                { name: 'keys', mountPath: '/keys', readOnly: true },
                { name: 'tmp', mountPath: '/tmp' },
              ],
            },
          ],
          volumes: [
            { name: 'scripts', configMap: { name: 'rustfs-bucket-script' } },
            { name: 'policies', configMap: { name: 'rustfs-bucket-policies' } },
            { name: 'keys', secret: { secretName: keysSecret } },
            { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
          ],
        },
      },
    },
  };
}

/** What the Secrets of the Job hold, with a name in the place of each key: only its hash is ever written. */
function keysOf({ section }: Context<RustfsSection>, buckets: readonly BucketRequirement[]): ConfigMap {
  const keys = [section.secretKey, section.readerKey, ...buckets.map(({ bucket }) => section.keys[bucket])];
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: keysSecret },
    data: Object.fromEntries(
      keys.map((key, index) => [String(index), key === undefined ? '' : reference(key)]),
    ),
  };
}
