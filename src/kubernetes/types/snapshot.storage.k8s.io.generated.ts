// Made by tools/schemas. What stands here comes from the pinned definitions: change those.

import type { NamedMeta } from './core.generated.ts';

export type VolumeSnapshotClass = {
  apiVersion: "snapshot.storage.k8s.io/v1";
  kind: "VolumeSnapshotClass";
  metadata: NamedMeta;
  deletionPolicy: "Delete" | "Retain";
  driver: string;
  parameters?: { [key: string]: string };
};
