import { reference } from '../../../config/private.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { restrictedContainer, restrictedPod } from '../../../kubernetes/podSecurity.ts';
import { toYaml } from '../../../kubernetes/yaml.ts';
import type { Context } from '../../contract/component.ts';
import { type Recovery, recoveryPhases, type Step } from '../../contract/documents.ts';
import { objectLabels, partLabels } from '../../shared/labels.ts';
import { libraryMountPath, libraryNode } from '../library.ts';
import { workload } from '../names.ts';
import { sentinelFile } from '../nasGuard.ts';
import { databaseName, databaseUser } from '../postgres.ts';
import { workersApart } from '../requirements.ts';
import type { ImmichSection } from '../section.ts';
import { recoveryTroubles } from './recoveryTroubles.ts';

/** The pod that sees the library while Immich may not. */
export const recoveryPod = 'immich-recovery';
/** Where the sentinel is while the server must not start. */
export const heldSentinel = `${sentinelFile}.held`;
/** The dump that is being restored, on the user's computer. */
export const dumpFile = 'immich.sql.gz';

/**
 * How Immich comes back from its library and a dump of its database. The order is what counts: a server that starts on an
 * empty database finds the library's marks, goes on, and shows no photo (immich v3, storage.service.ts, createMountFile);
 * from then on its nightly dump is of the empty database, and after 14 nights no other is left. So the guard holds the
 * server back until the database is restored.
 */
export function immichRecovery(context: Context<ImmichSection>): Recovery {
  const { section } = context;
  return {
    needs: [
      `the NAS with the library (\`${reference(section.library.path)}\`), the file \`${sentinelFile}\` and the dumps in \`backups/\` included. If the NAS is lost too, restore the library first, from its snapshots or its second place`,
    ],
    tools: ['gunzip', 'gzip', 'sed', 'sort'],
    steps: [holdStep(context), dumpStep(section), restoreStep(context), releaseStep(context)],
    lost: [
      'What Immich learned after its last dump, which it makes at 02:00: albums, faces, favourites, users. Photos that were taken since then are on the NAS and not in the database; phones upload them again when they are told to.',
      ...(section.database.delivery === 'sops'
        ? []
        : [
            'The password of the database. It is made anew, and nothing else needs the old one: the dump does not hold it. Users keep their own.',
          ]),
    ],
    troubles: recoveryTroubles(section),
  };
}

/** Whether the volume of the database is backed up as well. */
function isBackedUp({ database: { storage } }: ImmichSection): boolean {
  return storage.kind === 'volume' && storage.backup;
}

function holdStep(context: Context<ImmichSection>): Step {
  const { section } = context;
  const { namespace, library } = section;
  const sentinel = `${libraryMountPath}/${sentinelFile}`;
  const held = `${libraryMountPath}/${heldSentinel}`;
  return {
    phase: recoveryPhases.hold,
    title: 'Hold Immich back',
    minutes: 3,
    body: `An Immich that starts on an empty database beside a full library shows no photo, lets you make a first administrator, and dumps
the empty database every night, until no other dump is left. Immich does not start while its guard misses the file
\`${sentinelFile}\`. So a pod that Flux does not know renames this file, if it is that of this library:

\`\`\`sh
cd "$repository"
kubectl apply -f apps/cluster/namespaces/${namespace}.yaml
kubectl apply -f - <<'END'
${toYaml([pod(context)]).trimEnd()}
END
kubectl -n ${namespace} wait pod/${recoveryPod} --for=condition=Ready --timeout=10m
kubectl -n ${namespace} exec ${recoveryPod} -- sh -c 'grep -qx ${library.sentinel} ${sentinel} && mv -n ${sentinel} ${held}'
kubectl -n ${namespace} exec ${recoveryPod} -- ls -A ${libraryMountPath}
\`\`\``,
    check: `the list has \`backups\` and \`${heldSentinel}\`, and no \`${sentinelFile}\`.`,
  };
}

/** The library and a shell, with the user of the server. It talks to nobody: its namespace denies by default. */
function pod(context: Context<ImmichSection>): KubernetesObject {
  const { section } = context;
  const { library, namespace, images } = section;
  const volume =
    library.kind === 'hostPath'
      ? { hostPath: { path: reference(library.path), type: 'Directory' } }
      : { nfs: { server: reference(library.server), path: reference(library.path) } };
  const nodeSelector = libraryNode(context);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: recoveryPod,
      namespace,
      labels: objectLabels({ labels: partLabels('immich', 'recovery') }),
    },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      nodeSelector,
      terminationGracePeriodSeconds: 1,
      securityContext: { ...restrictedPod, runAsUser: library.uid, runAsGroup: library.gid },
      containers: [
        {
          name: 'library',
          image: images.server,
          command: ['sleep', '86400'],
          securityContext: restrictedContainer,
          volumeMounts: [{ name: 'library', mountPath: libraryMountPath }],
        },
      ],
      volumes: [{ name: 'library', ...volume }],
    },
  } as KubernetesObject;
}

function dumpStep(section: ImmichSection): Step {
  const { namespace, images } = section;
  const exec = `kubectl -n ${namespace} exec ${recoveryPod} --`;
  const version = /:v?(\d+\.\d+\.\d+)/.exec(images.server)?.[1];
  const compare =
    version === undefined
      ? `echo "$dump, and ${images.server}"`
      : `printf '%s\\n' "$(echo "$dump" | sed 's/.*-v\\([0-9.]*\\)-pg.*/\\1/')" ${version} | sort -V -c && echo 'not newer than the server'`;
  const notNewer =
    version === undefined
      ? `the version in the name is not newer than that of \`${images.server}\``
      : '`not newer than the server`';
  return {
    phase: recoveryPhases.database,
    title: 'The last dump, and whether it is whole',
    minutes: 3,
    body: `${isBackedUp(section) ? 'For the case that its volume did not bring the database back: the next step says whether there are tables. ' : ''}Immich names its dumps by their time. The last one is copied to your computer and read to its end; for an older one, set
\`dump\` to another line of the list, and run the lines below it again. Immich migrates a database forward and never back.

\`\`\`sh
cd "$(mktemp -d)"
${exec} sh -c 'ls ${libraryMountPath}/backups/immich-db-backup-*.sql.gz'
dump="$(${exec} sh -c 'ls ${libraryMountPath}/backups/immich-db-backup-*.sql.gz' | sort | tail -n 1)"
${exec} cat "$dump" > ${dumpFile}
gzip --test ${dumpFile} && gunzip --stdout ${dumpFile} | tail -n 20 | grep -o 'database dump complete'
${compare}
\`\`\``,
    check: `\`database dump complete\`, and ${notNewer}.`,
  };
}

function restoreStep({ section }: Context<ImmichSection>): Step {
  const { namespace } = section;
  const database = workload(section, 'postgres').name;
  const psql = `psql --username=${databaseUser} --dbname=${databaseName}`;
  const ask = `kubectl -n ${namespace} exec deployment/${database} -- ${psql} --tuples-only --no-align`;
  return {
    phase: recoveryPhases.database,
    title: 'Restore the database',
    minutes: 5,
    body: `See first that it is empty, and that nobody has begun a new one:

\`\`\`sh
kubectl -n ${namespace} wait deployment/${database} --for=create --timeout=15m
kubectl -n ${namespace} rollout status deployment/${database} --timeout=15m
tables="$(${ask} --command="select count(*) from pg_tables where schemaname = 'public'")"
echo "$tables tables"
\`\`\`

Then restore it, if there is no table. All of it or nothing comes in: the last line that is sent is the one that keeps the rest.

\`\`\`sh
[ "$tables" = 0 ] && (
  set -o pipefail
  echo 'BEGIN;'
  gunzip --stdout ${dumpFile} |
    sed "s/SELECT pg_catalog.set_config('search_path', '', false);/SELECT pg_catalog.set_config('search_path', 'public, pg_catalog', true);/" &&
    echo 'COMMIT;'
) | kubectl -n ${namespace} exec -i deployment/${database} -- ${psql} --set=ON_ERROR_STOP=on --quiet --output=/dev/null
${ask} --command='select count(*) from "user"' --command='select count(*) from asset'
\`\`\``,
    check: `first \`0 tables\`${isBackedUp(section) ? ', or those that came with the volume, which are left as they are' : ''}; then as many users and photos as there were.`,
  };
}

function releaseStep(context: Context<ImmichSection>): Step {
  const { section } = context;
  const { namespace, administrator } = section;
  const server = workload(section, 'server');
  const sentinel = `${libraryMountPath}/${sentinelFile}`;
  const held = `${libraryMountPath}/${heldSentinel}`;
  const parts = workersApart(context) ? 'server, microservices' : 'server';
  const job = administrator.done
    ? ''
    : `\nkubectl -n ${namespace} wait job/${workload(section, 'setup').name} --for=condition=Complete --timeout=15m
kubectl -n ${namespace} logs job/${workload(section, 'setup').name} --tail=1`;
  return {
    phase: recoveryPhases.release,
    title: 'Let Immich start',
    minutes: 5,
    body: `\`\`\`sh
kubectl -n ${namespace} exec ${recoveryPod} -- mv -n ${held} ${sentinel}
kubectl -n ${namespace} delete pod ${recoveryPod}
kubectl -n ${namespace} delete pods -l 'app.kubernetes.io/name=${server.labels['app.kubernetes.io/name']},app.kubernetes.io/component in (${parts})'
kubectl -n ${namespace} rollout status deployment/${server.name} --timeout=15m${job}
rm -f ${dumpFile}
\`\`\`

The pods that waited are deleted and made again at once, since they would go on to wait for up to five minutes.`,
    check: `\`successfully rolled out\`${
      administrator.done
        ? ''
        : ', and `IMMICH_SETUP: already has an administrator`: the Job has found the one that was restored'
    }. Sign in with the password of before: the photos are there, and one of the newest opens.`,
  };
}
