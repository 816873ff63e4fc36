import type { Recovery } from '../../contract/documents.ts';
import { secretNames, workload } from '../names.ts';
import { sentinelFile } from '../nasGuard.ts';
import { databaseName, databaseUser } from '../postgres.ts';
import type { ImmichSection } from '../section.ts';

/** What may not be as a step of the recovery says. */
export function recoveryTroubles(section: ImmichSection): NonNullable<Recovery['troubles']> {
  const { namespace, library } = section;
  const postgres = workload(section, 'postgres').name;
  return [
    ...(section.database.delivery === 'sops' ? [] : [passwordOfBefore(section)]),
    {
      cause: 'the NAS is not mounted, or its library is not there',
      look: `the pod of the recovery stays \`ContainerCreating\` (\`kubectl -n ${namespace} describe pod immich-recovery\`), or the list lacks \`backups\``,
      fix: 'mount it, or restore the library. Nothing was written',
    },
    {
      cause: `the library is that of another home: \`${sentinelFile}\` does not say \`${library.sentinel}\``,
      look: `the line with \`grep\` ends with \`exit code 1\`, and the list still has \`${sentinelFile}\``,
      fix: 'the other share, or the repository of this one (`immich.library.sentinel`). Nothing was moved, and the guard lets no server start',
    },
    {
      cause: 'the dump is cut off',
      look: '`unexpected end of file`, or no `database dump complete`',
      fix: 'take the one before: `dump` is another line of the list. A file that ends with `.tmp` was never finished',
    },
    {
      cause: 'Git is older than the dump: a newer Immich wrote it',
      look: '`sort: -:2: disorder` with the version of the server',
      fix: 'find the commit with that version (`git log -S`), or upgrade Gatehouse first: `immich.images.server`. The dump stays where it is, and Immich held back',
    },
    {
      cause: 'the database is not empty: an Immich has started here before, or it was never lost',
      look: 'the line with `tables` says another number than `0`, and `psql` gets nothing',
      fix: `ask it what it has: \`kubectl -n ${namespace} exec deployment/${postgres} -- psql --username=${databaseUser} --dbname=${databaseName} --command='select count(*) from asset'\`. If that is nothing, remove it (\`--command='drop schema public cascade' --command='create schema public'\`), and take up the step again. See too that the newest dump is not one of the empty database: take one from before the loss`,
    },
    {
      cause: '`psql` ends with an error',
      look: 'it names a line of the dump; the database is as empty as before',
      fix: '`invalid command \\restrict`: the image of the database is older than the one that wrote the dump (`immich.images.postgres`). Anything else: take the dump before',
    },
  ];
}

/** A volume holds the password of its role, unlike a dump. */
function passwordOfBefore(section: ImmichSection): NonNullable<Recovery['troubles']>[number] {
  const { namespace } = section;
  const psql = `kubectl -n ${namespace} exec -i deployment/${workload(section, 'postgres').name} -- sh -c 'echo "alter role ${databaseUser} password '"'"'$(cat /etc/immich-database/password)'"'"'" | psql --username=${databaseUser} --dbname=${databaseName}'`;
  return {
    cause: `the files of the database were kept or restored: they have the password of before, and \`${secretNames.database}\` is new`,
    look: `the log of the server says \`password authentication failed\``,
    fix: `give the role the new one: \`${psql}\``,
  };
}
