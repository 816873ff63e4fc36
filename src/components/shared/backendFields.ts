import * as z from 'zod';
import { publicField } from '../../config/field.ts';
import { labelKey, labelName, labelValue, serviceName } from '../../config/values/kubernetes.ts';
import { port } from '../../config/values/network.ts';

/** The Service of an app that a person runs, and the pods behind it. */
export const backendFields = {
  namespace: publicField('The namespace of the Service, which is there already.', labelName, {
    example: 'home-automation',
  }),
  service: publicField('The name of the Service.', serviceName, { example: 'home-assistant' }),
  port: publicField('The port of the Service, as a number.', port, { example: 8123 }),
  targetPort: publicField('The port of the pods behind it, as a number.', port, { example: 8123 }),
  pods: z
    .strictObject({
      labels: publicField(
        'The labels of the pods behind the Service, and of no others in the namespace. Policies then let nobody connect to them but the gateway, and whom policies of your own allow.',
        z
          .record(labelKey, labelValue)
          .refine((labels) => Object.keys(labels).length > 0, 'at least one label'),
        { example: { 'app.kubernetes.io/name': 'home-assistant' } },
      ),
    })
    .meta({ description: 'The pods behind the Service.' }),
};
