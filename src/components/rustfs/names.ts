import type { Backend, Workload } from '../contract/network.ts';
import { appDirectory, fluxKustomizationIn } from '../shared/fluxKustomizations.ts';
import { partLabels } from '../shared/labels.ts';

export const namespace = 'storage';
/** What the server is made of, and what makes its buckets: the second needs the first to answer. */
export const fluxKustomizations = {
  server: fluxKustomizationIn(namespace, 'rustfs'),
  buckets: fluxKustomizationIn(namespace, 'rustfs-buckets'),
};

/** The name of the release. Names of objects below follow from it. */
const release = 'rustfs';

/** The version of the chart whose templates were read. */
export const chartReadAt = '1.0.0-rc.3';

/**
 * The pods and the Service of the chart (helm/rustfs of rustfs/rustfs). `_helpers.tpl`: pods carry the
 * chart's name and the release's. `service.yaml`: the Service is `<fullname>-svc`, and the full name is the release's
 * where that contains the chart's. There is no Service `rustfs`.
 */
export const server: Workload = {
  directory: appDirectory(fluxKustomizations.server),
  namespace,
  name: release,
  labels: { 'app.kubernetes.io/name': 'rustfs', 'app.kubernetes.io/instance': release },
};

export const backend: Backend = { workload: server, service: `${release}-svc`, port: 9000, targetPort: 9000 };

/** What consumers connect to. */
export const endpoint = `http://${backend.service}.${namespace}.svc.cluster.local:${backend.port}`;
/** RustFS signs for this region unless it is told otherwise (`config.rustfs.region` of the chart). */
export const region = 'us-east-1';

export const bucketJob: Workload = {
  directory: appDirectory(fluxKustomizations.buckets),
  namespace,
  name: 'rustfs-buckets',
  labels: partLabels('rustfs', 'buckets'),
};

/** The Secret of the administrator, with the names that the server reads from its environment. */
export const rootSecret = {
  name: 'rustfs-credentials',
  accessKey: 'RUSTFS_ACCESS_KEY',
  secretKey: 'RUSTFS_SECRET_KEY',
} as const;
/** The secret keys of the consumers, by bucket. */
export const keysSecret = 'rustfs-bucket-keys';
/** The user who may list every bucket and read no object. No bucket has a name with such a sign. */
export const readerUser = 'gatehouse_reader';
