import { reference } from '../../config/private.ts';
import type { BuildContext } from '../contract/component.ts';
import { type ComponentDocuments, phases, type Step } from '../contract/documents.ts';
import { distinctBuckets } from '../shared/buckets.ts';
import type { S3Section } from './section.ts';

/** The chapters of the object storage outside of the cluster in the operator documents. */
export function s3Documents(context: BuildContext<S3Section>): ComponentDocuments {
  const buckets = distinctBuckets(context.provided('bucket'));
  if (buckets.length === 0) return {};
  return {
    decisions: [
      {
        title: 'Object storage outside of the cluster',
        decided: `What is kept at \`${reference(context.section.endpoint)}\` outlives the cluster and the house.`,
        because:
          'Buckets and keys are made by hand there: a key that may make them may also delete all of them, and has no business in a cluster. Network policies know no host names, so that whoever uses a bucket may reach the internet on port 443, and nothing else.',
        field: 's3.endpoint',
      },
    ],
    steps: [
      ...buckets.map((requirement) => bucketStep(requirement.bucket, requirement.purpose)),
      readerStep(buckets.map(({ bucket }) => bucket)),
    ],
  };
}

function readerStep(buckets: readonly string[]): Step {
  const names = buckets.map((bucket) => `\`${bucket}\``).join(', ');
  return {
    phase: phases.secrets,
    title: 'A key outside that can only read',
    minutes: 3,
    body: `\`gatehouse verify\` looks how old the newest object of each bucket is: a backup that ends silently is seen there and nowhere else. It
needs a key of its own, which stays on this computer and is in no cluster. At Cloudflare: **R2** → **Manage API tokens** → **Create API
token**: the permission **Object Read only**, **Apply to specific buckets only**, and ${names}. Where the server can say less, let it
list (\`s3:ListBucket\`) and nothing else.

\`\`\`sh
gatehouse secrets set s3.reader.accessKey    # paste the id, then Ctrl-D
gatehouse secrets set s3.reader.secretKey    # paste the secret, then Ctrl-D
\`\`\``,
    check: '`gatehouse secrets view` lists `s3.reader.accessKey` and `s3.reader.secretKey`.',
  };
}

function bucketStep(bucket: string, purpose: string): Step {
  const field = `s3.keys.${bucket}`;
  return {
    phase: phases.secrets,
    title: `The bucket \`${bucket}\` outside, and its key`,
    minutes: 3,
    body: `It is for ${purpose}. At Cloudflare: **R2** → **Create bucket**, with the name \`${bucket}\`. Then **R2** → **Manage API tokens** → **Create API
token**: the permission **Object Read & Write**, **Apply to specific buckets only**, and this bucket. The page that follows shows an access
key id and a secret access key, once. Elsewhere it is the same: a bucket, and a key that may read and write in this bucket
alone.

\`\`\`sh
gatehouse secrets set ${field}.accessKey    # paste the id, then Ctrl-D
gatehouse secrets set ${field}.secretKey    # paste the secret, then Ctrl-D
gatehouse configure
\`\`\``,
    check: `\`gatehouse secrets view\` lists \`${field}.accessKey\` and \`${field}.secretKey\`.`,
  };
}
