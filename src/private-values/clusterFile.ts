/** The public file of a configuration, which is committed. */
export const clusterFile = 'cluster.yaml';
