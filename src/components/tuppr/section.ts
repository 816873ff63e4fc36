import * as z from 'zod';
import { publicField } from '../../config/field.ts';
import { schedule } from '../../config/values/host.ts';
import { labelName, version } from '../../config/values/kubernetes.ts';
import { timeZone, windowLength } from '../../config/values/window.ts';

const maintenanceWindow = z.strictObject({
  start: publicField('When it opens.', schedule, { example: '0 2 * * 0' }),
  duration: publicField(
    'The time during which an upgrade may start. A started upgrade is always finished.',
    windowLength.default('4h'),
  ),
  timezone: publicField('The time zone of its start.', timeZone.default('UTC'), {
    example: 'Europe/Berlin',
  }),
});

/** The section `tuppr` of the configuration. */
export const tupprSection = z
  .strictObject({
    enabled: publicField('Whether nodes and Kubernetes are upgraded.', z.boolean().default(true)),
    talos: publicField(
      'The Talos version of the nodes. The default is cluster.talos, which upgrades nothing.',
      version.optional(),
      { example: '1.13.2' },
    ),
    kubernetes: publicField(
      'The Kubernetes version of the cluster. The default is cluster.kubernetes.',
      version.optional(),
      { example: '1.36.1' },
    ),
    windows: z
      .array(maintenanceWindow)
      .default([{ start: '0 2 * * 0', duration: '4h', timezone: 'UTC' }])
      .meta({
        description: 'The windows in which upgrades may start. An empty list means at any time.',
        visibility: 'public',
      }),
    drain: publicField('Whether a node is drained before it restarts.', z.boolean().default(true)),
    ceph: publicField(
      'The namespace of a Ceph cluster (Rook) that must be healthy before a node is restarted.',
      labelName.optional(),
      { example: 'rook-ceph' },
    ),
  })
  .meta({ description: 'Upgrades of Talos and Kubernetes by tuppr, one node at a time. Only for Talos.' });

export type TupprSection = z.output<typeof tupprSection>;
