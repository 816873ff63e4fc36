/** The file of a configuration that is committed in the clear. */
export const clusterFile = 'cluster.yaml';
