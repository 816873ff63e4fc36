import * as z from 'zod';
import { privateField, publicField } from '../../config/field.ts';
import { accessTeam } from '../../config/values/cloudflare.ts';
import { image } from '../../config/values/kubernetes.ts';
import { images } from './versions.ts';

/** The section `originProxy` of the configuration. */
export const originProxySection = z
  .strictObject({
    enabled: publicField('Whether the origin proxy runs.', z.boolean().default(true)),
    team: privateField(
      'The name of the Access team: the part before .cloudflareaccess.com. If it is an everyday word, "gatehouse scan" searches for it with that domain only.',
      accessTeam,
      {
        substitution: 'ACCESS_TEAM',
        example: 'your-team',
        source: 'https://one.dash.cloudflare.com, under Settings: the part before .cloudflareaccess.com',
      },
    ),
    uploads: publicField(
      'The number of large uploads that the origin proxy accepts at the same time. Each is kept on disk until it is complete, up to 100 MB.',
      z.int().min(1).max(64).default(8),
    ),
    images: z
      .strictObject({
        nginx: publicField('The image of nginx, with its JavaScript module.', image.default(images.nginx)),
      })
      .meta({ description: 'An image to use instead of the one with which Gatehouse was tested.' })
      .prefault({}),
  })
  .meta({
    description: 'The proxy between the tunnel and an app. It verifies the token of Access.',
  });

export type OriginProxySection = z.output<typeof originProxySection>;
