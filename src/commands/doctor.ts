import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import { type ClusterFlags, clusterChoice, clusterFlags } from './clusterFlags.ts';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  exitForResults,
  type GatehouseContext,
  outStyle,
} from './context.ts';
import { failToTell } from './fail.ts';

interface Flags extends CommonFlags, ClusterFlags {
  confirm?: string;
}

/** `gatehouse doctor`: what is missing, here and in the cluster, before something is pushed. */
export const doctor = buildCommand<Flags, [], GatehouseContext>({
  docs: { brief: 'Check what must be there before you push: Git, keys, programs, and the cluster' },
  parameters: {
    flags: {
      ...commonFlags,
      ...clusterFlags,
      confirm: {
        kind: 'parsed',
        parse: String,
        inferEmpty: true,
        optional: true,
        brief:
          'Write into cluster.yaml that it is for the cluster of the kubeconfig: asks on a terminal, or takes the UID of the cluster',
        placeholder: 'UID',
      },
    },
    aliases: commonAliases,
  },
  async func(flags) {
    const directory = resolve(this.cwd, flags.directory ?? '.');
    const inputs = { directory, ...clusterChoice(flags, this) };
    if (flags.confirm !== undefined) {
      const { confirmCluster } = await import('./confirmCluster.ts');
      const problems = await confirmCluster(this, inputs, flags.confirm);
      if (problems.length > 0) return failToTell(this, flags, problems);
    }
    const operation = await import('../operations/doctor/doctor.ts');
    const { reportDoctor } = await import('../report/doctor.ts');
    const found = await operation.doctor(inputs);
    if (!found.ok) return failToTell(this, flags, found.problems);
    const style = outStyle(this);
    const report = reportDoctor(found.value, flags, style);
    this.process.stdout.write(flags.json ? report : style.fit(report));
    this.process.exitCode = exitForResults(found.value.results);
  },
});
