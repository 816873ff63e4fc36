import * as z from 'zod';
import { publicField } from '../../config/field.ts';
import { schedule } from '../../config/values/host.ts';
import { labelName, version } from '../../config/values/kubernetes.ts';
import { timeZone, windowLength } from '../../config/values/window.ts';

const maintenanceWindow = z.strictObject({
  start: publicField('When it opens.', schedule, { example: '0 2 * * 0' }),
  duration: publicField(
    'How long an upgrade may begin. One that has begun is finished in any case.',
    windowLength.default('4h'),
  ),
  timezone: publicField('The time zone of its beginning.', timeZone.default('UTC'), {
    example: 'Europe/Berlin',
  }),
});

/** The section `tuppr` of the configuration. */
export const tupprSection = z
  .strictObject({
    enabled: publicField('Whether nodes and Kubernetes are upgraded.', z.boolean().default(true)),
    talos: publicField(
      'The version of Talos that the nodes are to run. By default that of cluster.talos: nothing is upgraded.',
      version.optional(),
      { example: '1.13.2' },
    ),
    kubernetes: publicField(
      'The version of Kubernetes that the cluster is to run. By default that of cluster.kubernetes.',
      version.optional(),
      { example: '1.36.1' },
    ),
    windows: z
      .array(maintenanceWindow)
      .default([{ start: '0 2 * * 0', duration: '4h', timezone: 'UTC' }])
      .meta({
        description: 'When upgrades may begin: in any of these windows. An empty list means at any time.',
        visibility: 'public',
      }),
    drain: publicField(
      'Whether a node is emptied before it starts again, so that apps move in order.',
      z.boolean().default(true),
    ),
    ceph: publicField(
      'The namespace of a Ceph cluster (Rook) that has to be healthy before a node goes down.',
      labelName.optional(),
      { example: 'rook-ceph' },
    ),
  })
  .meta({ description: 'Upgrades of Talos and Kubernetes by tuppr, a node at a time. On Talos only.' });

export type TupprSection = z.output<typeof tupprSection>;
