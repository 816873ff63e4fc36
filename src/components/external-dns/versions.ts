import { externalDnsImage } from '../shared/externalDns.ts';

/** The image of external-dns, replaceable in `cluster.yaml` under `externalDns.images`. */
export const images = { externalDns: externalDnsImage };
