import { resolve } from 'node:path';
import type { ClusterChoice } from '../live/kubeconfig.ts';
import type { GatehouseContext } from './context.ts';

/** The flags of each command that asks a cluster. */
export interface ClusterFlags {
  context?: string;
  kubeconfig?: string;
}

export const clusterFlags = {
  context: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief: 'The context of the kubeconfig; by default the current one',
    placeholder: 'NAME',
  },
  kubeconfig: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief: 'The kubeconfig; by default those of KUBECONFIG, or ~/.kube/config',
    placeholder: 'FILE',
  },
} as const;

/** Which cluster the flags mean. A path is relative to the directory in which the user is. */
export function clusterChoice(
  { context, kubeconfig, quiet }: ClusterFlags & { quiet?: boolean },
  { cwd, environment, process: { stderr } }: GatehouseContext,
): ClusterChoice {
  return {
    context,
    kubeconfig: kubeconfig === undefined ? undefined : resolve(cwd, kubeconfig),
    environment,
    onWait: quiet
      ? undefined
      : () => stderr.write('The API server of the kubeconfig has not answered yet; waiting for it …\n'),
  };
}
