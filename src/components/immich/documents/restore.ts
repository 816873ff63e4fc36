import type { Context } from '../../contract/component.ts';
import type { Restore } from '../../contract/documents.ts';
import { databaseVolume } from '../names.ts';
import type { ImmichSection } from '../section.ts';
import { inLibrary } from './home.ts';

/** The order in which to restore Immich, where its database is backed up apart from the library. */
export function immichRestores({ section }: Context<ImmichSection>): Restore[] {
  const { storage } = section.database;
  if (storage.kind !== 'volume' || !storage.backup) return [];
  return [
    {
      name: 'immich',
      of: 'immich',
      title: 'Immich, in which order',
      intro: `The photos are on the NAS, and what Immich knows of them (albums, faces, users) is in the database. Neither is of use
without the other. VolSync copies the volume of the database; the library is a share of the NAS, which backs it up itself.`,
      steps: [
        {
          what: `The library first, from the snapshots or the second place of the NAS, to ${inLibrary(section)}. The file \`.gatehouse-library\` belongs to it: without it nothing starts.`,
        },
        {
          what: `Then the database, from its volume: the first of the lists for \`${databaseVolume}\` whose store is still there.`,
        },
        {
          what: `If no store is left, from the dump of the last night: Immich writes one into \`backups/\` of the library at 02:00, so it came back with the library. [After a total loss](total-loss.md) has the commands: with Immich held back, the database emptied, and then the last dump.`,
        },
        {
          what: 'Look at it: open Immich, compare the number of photos, and open one of the newest. What was taken after the backup is on the NAS and not in the database; phones upload it again when they are told to.',
        },
      ],
    },
  ];
}
