import * as z from 'zod';
import { backendFields } from '../shared/backendFields.ts';
import { fromSomewhere, routeFields, routeName } from '../shared/routeFields.ts';

const backend = {
  backend: z.strictObject(backendFields).meta({ description: 'The app, which runs already.' }),
};

/** The section `routes` of the configuration. */
export const routesSection = z
  .record(
    routeName,
    z
      .discriminatedUnion('protocol', [
        z.strictObject({ ...routeFields.http, ...backend }),
        z.strictObject({ ...routeFields.grpc, ...backend }),
        z.strictObject({ ...routeFields.tcp, ...backend }),
        z.strictObject({ ...routeFields.tls, ...backend }),
      ])
      .superRefine(fromSomewhere),
  )
  .meta({
    description:
      'Routes to apps of your own, which run already and whose objects are in Git beside those of Gatehouse. Each says who may come, from where, and what is asked of them.',
  });

export type RoutesSection = z.output<typeof routesSection>;
