import { z } from 'zod';
import { privateField, publicField } from '../../config/field.ts';
import { tunnelId } from '../../config/values/cloudflare.ts';
import { image } from '../../config/values/kubernetes.ts';
import { images } from './versions.ts';

/** The section `cloudflared` of the configuration. */
export const cloudflaredSection = z
  .strictObject({
    enabled: publicField('Whether the tunnel runs.', z.boolean().default(true)),
    tunnel: privateField('The id of the tunnel.', tunnelId, {
      substitution: 'TUNNEL_ID',
      example: '00000000-0000-0000-0000-000000000000',
    }),
    images: z
      .strictObject({
        cloudflared: publicField('The image of cloudflared.', image.default(images.cloudflared)),
      })
      .meta({ description: 'Another version than the one that Gatehouse was tested with.' })
      .prefault({}),
  })
  .meta({ description: 'The Cloudflare Tunnel, which connects outwards: no port of the router is opened.' });

export type CloudflaredSection = z.output<typeof cloudflaredSection>;
