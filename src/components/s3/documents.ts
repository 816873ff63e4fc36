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
    steps: buckets.map((requirement) => bucketStep(requirement.bucket, requirement.purpose)),
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
