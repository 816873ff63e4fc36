// Made by tools/schemas. What stands here comes from the pinned definitions: change those.

import type { NamedMeta } from './core.generated.ts';

export type ServiceAccount = {
  apiVersion: "talos.dev/v1alpha1";
  kind: "ServiceAccount";
  metadata: NamedMeta;
  spec?: {
    roles?: string[];
  };
};
