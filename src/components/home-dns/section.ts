import * as z from 'zod';
import { publicField } from '../../config/field.ts';

/** The section `homeDns` of the configuration. */
export const homeDnsSection = z
  .strictObject({
    enabled: publicField('Whether names at home are wanted.', z.boolean().default(true)),
  })
  .meta({
    description:
      'The names of routes from home: which records the resolver of the home network has to have, and whether it does. You write them there; no public zone gets them.',
    visibility: 'public',
  });

export type HomeDnsSection = z.output<typeof homeDnsSection>;
