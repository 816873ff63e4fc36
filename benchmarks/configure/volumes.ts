import { exampleDirectory, type TestDirectory } from '../../tests/testDirectory.ts';

/** The platform with 40 volumes in all, in six namespaces, each backed up to both stores: 80 Secrets of restic. */
export function fortyVolumes(): TestDirectory {
  return platformWithVolumes(38);
}

/** The platform with so many volumes more than it has. */
export function platformWithVolumes(more: number): TestDirectory {
  const directory = exampleDirectory('platform');
  const namespaces = ['books', 'documents', 'games', 'music'];
  directory.edit('cluster.yaml', (value) => {
    for (let index = 0; index < more; index++)
      value.volsync.volumes.push({
        namespace: namespaces[index % namespaces.length],
        name: `volume-${index}`,
        storageClass: 'ceph-block',
        usedBy: [`deployment/app-${index}`],
      });
  });
  directory.edit('cluster.private.yaml', (value) => {
    for (const namespace of namespaces) {
      const made = (use: string): string => `${use}${namespace}`.padEnd(40, 'Qx7Rz3mVx9KpL2');
      value.rustfs.keys[`volsync-${namespace}`] = made('r');
      value.s3.keys[`volsync-${namespace}`] = { accessKey: made('a'), secretKey: made('s') };
      value.volsync.passwords[namespace] = made('p');
    }
  });
  return directory;
}
