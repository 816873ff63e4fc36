import type { ConfigurationSources } from '../../manifests/configurationSources.ts';
import type { Workload } from '../model/workload.ts';
import { cloudflared } from './cloudflared/tunnel.ts';
import { nginx } from './nginx/nginx.ts';
import type { ProxyReader, ProxyWorkload } from './proxy.ts';
import { outward } from './unreadPrograms.ts';

const readers: readonly ProxyReader[] = [cloudflared, nginx, outward];

/** Reads what a workload forwards with each proxy program that it runs. */
export function readProxies(sources: ConfigurationSources, workload: Workload): readonly ProxyWorkload[] {
  return readers.flatMap(({ read }) => read(sources, workload));
}
