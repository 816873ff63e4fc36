import * as z from 'zod';
import { privateField, publicField, secretField } from '../../config/field.ts';
import { tunnelId } from '../../config/values/cloudflare.ts';
import { image } from '../../config/values/kubernetes.ts';
import { deliveries } from '../contract/secrets.ts';
import { images } from './versions.ts';

/** What cloudflared reads as `credentials-file`: a map with these three (cloudflared `connection.Credentials`). */
const tunnelCredentials = z.string().refine((text) => {
  try {
    const value: unknown = JSON.parse(text);
    const names = ['AccountTag', 'TunnelSecret', 'TunnelID'];
    return typeof value === 'object' && value !== null && names.every((name) => name in value);
  } catch {
    return false;
  }
}, 'the JSON of the credentials file, with AccountTag, TunnelSecret and TunnelID');

/** The section `cloudflared` of the configuration. */
export const cloudflaredSection = z
  .strictObject({
    enabled: publicField('Whether the tunnel runs.', z.boolean().default(true)),
    tunnel: privateField('The id of the tunnel.', tunnelId, {
      substitution: 'TUNNEL_ID',
      example: '00000000-0000-0000-0000-000000000000',
      source: '"cloudflared tunnel login", then "cloudflared tunnel create NAME", which prints it',
    }),
    delivery: publicField(
      'How the credentials of the tunnel are delivered. With sops they are encrypted in Git, from the private values file. With out-of-band you create the Secret with kubectl.',
      z.enum(deliveries).default('out-of-band'),
    ),
    credentials: secretField('The credentials file of the tunnel, for delivery by SOPS.', tunnelCredentials, {
      source:
        '"cloudflared tunnel create" writes it to ~/.cloudflared/<tunnel id>.json: gatehouse secrets set cloudflared.credentials < that file',
    }).optional(),
    images: z
      .strictObject({
        cloudflared: publicField('The image of cloudflared.', image.default(images.cloudflared)),
      })
      .meta({ description: 'An image to use instead of the one with which Gatehouse was tested.' })
      .prefault({}),
  })
  .meta({ description: 'The Cloudflare Tunnel. It connects outwards, so the router needs no open port.' });

export type CloudflaredSection = z.output<typeof cloudflaredSection>;
