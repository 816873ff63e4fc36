import * as z from 'zod';
import { publicField } from '../../config/field.ts';
import { image, labelName } from '../../config/values/kubernetes.ts';
import { fromSomewhere, routeFields, routeName } from '../shared/routeFields.ts';
import { images } from './versions.ts';

/** The section `echo` of the configuration. */
export const echoSection = z
  .strictObject({
    enabled: publicField('Whether it runs.', z.boolean().default(true)),
    namespace: publicField('The namespace of all of them.', labelName.default('echo')),
    instances: z
      .record(
        routeName,
        z
          .discriminatedUnion('protocol', [
            z.strictObject(routeFields.http),
            z.strictObject(routeFields.grpc),
            z.strictObject(routeFields.tcp),
            z.strictObject(routeFields.tls),
          ])
          .superRefine(fromSomewhere),
      )
      .meta({ description: 'A server each, by name, with its route.' }),
    images: z
      .strictObject({
        http: publicField('The server for HTTP, TCP and TLS.', image.default(images.http)),
        grpc: publicField('The server for gRPC.', image.default(images.grpc)),
      })
      .meta({ description: 'Images to use instead of those with which Gatehouse was tested.' })
      .prefault({}),
  })
  .meta({
    description:
      'Small servers that answer with what they got: the headers, the path and the address that an app behind a route sees. For trials.',
  });

export type EchoSection = z.output<typeof echoSection>;
export type EchoInstance = EchoSection['instances'][string];
