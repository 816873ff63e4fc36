import * as z from 'zod';
import { privateField, publicField } from '../../config/field.ts';
import { accessTeam } from '../../config/values/cloudflare.ts';
import { image } from '../../config/values/kubernetes.ts';
import { images } from './versions.ts';

/** The section `originProxy` of the configuration. */
export const originProxySection = z
  .strictObject({
    enabled: publicField('Whether the gate runs.', z.boolean().default(true)),
    team: privateField('The name of the Access team: the part before .cloudflareaccess.com.', accessTeam, {
      substitution: 'ACCESS_TEAM',
      example: 'your-team',
    }),
    uploads: publicField(
      'How many large uploads at a time the gate accepts. Each is kept on disk, up to 100 MB, until it is complete.',
      z.int().min(1).max(64).default(8),
    ),
    images: z
      .strictObject({
        nginx: publicField('The image of nginx, with its JavaScript module.', image.default(images.nginx)),
      })
      .meta({ description: 'Another version than the one that Gatehouse was tested with.' })
      .prefault({}),
  })
  .meta({
    description: 'The gate between the tunnel and an app: it verifies the token of Access at the origin.',
  });

export type OriginProxySection = z.output<typeof originProxySection>;
