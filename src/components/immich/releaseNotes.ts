import type { ReleaseNote } from '../contract/releaseNotes.ts';
import { hasKind, hasVariable } from '../shared/runningObjects.ts';

const server = { program: 'Immich', artifact: 'immich-app/immich-server' } as const;
const machineLearning = { program: 'Immich', artifact: 'immich-app/immich-machine-learning' } as const;
const migration = 'immich.app/blog/v3-migration, 2026-07-01 (Immich 3.0.0)';

/** What Immich 3 and what it runs on break. */
export const releaseNotes: readonly ReleaseNote[] = [
  {
    ...server,
    version: '3.0.0',
    breaks: 'DB_VECTOR_EXTENSION=pgvecto.rs is an error: Immich no longer reads vectors of pgvecto.rs',
    action:
      'let the version before move them to VectorChord first: remove the variable, start it once, and wait until its log says that the indexes are built',
    source: migration,
    concerns: (objects) => hasVariable(objects, 'DB_VECTOR_EXTENSION', 'pgvecto.rs'),
  },
  {
    ...server,
    version: '3.0.0',
    breaks: 'IMMICH_MACHINE_LEARNING_PING_TIMEOUT is gone, and has no effect any more',
    action: 'remove the variable',
    source: migration,
    concerns: (objects) => hasVariable(objects, 'IMMICH_MACHINE_LEARNING_PING_TIMEOUT'),
  },
  {
    ...machineLearning,
    version: '3.0.0',
    breaks:
      'MACHINE_LEARNING_PRELOAD__CLIP and MACHINE_LEARNING_PRELOAD__FACIAL_RECOGNITION are gone: models are loaded with the first photo again',
    action:
      'use MACHINE_LEARNING_PRELOAD__CLIP__TEXTUAL and __VISUAL, and MACHINE_LEARNING_PRELOAD__FACIAL_RECOGNITION__DETECTION and __RECOGNITION',
    source: migration,
    concerns: (objects) =>
      hasVariable(objects, 'MACHINE_LEARNING_PRELOAD__CLIP') ||
      hasVariable(objects, 'MACHINE_LEARNING_PRELOAD__FACIAL_RECOGNITION'),
  },
  {
    ...machineLearning,
    version: '3.0.0',
    breaks: 'machine learning needs a processor of x86-64-v2 (SSE4.2), about of the year 2009 or later',
    action: 'see that the node has it: grep -c sse4_2 /proc/cpuinfo prints more than 0 there',
    source: migration,
  },
  {
    ...server,
    version: '3.0.0',
    breaks: 'sign-in with OAuth over http is refused, and issuerUrl must be a URL',
    action:
      'let issuerUrl begin with https://, or set allowInsecureRequests for a provider inside of the cluster',
    source: migration,
    concerns: (objects) => hasVariable(objects, 'IMMICH_CONFIG_FILE'),
  },
  {
    ...server,
    version: '3.0.0',
    breaks: 'the names of metrics have dots where they had underscores',
    action: 'change the dashboards and the alerts of your own that name them',
    source: migration,
    concerns: (objects) =>
      hasVariable(objects, 'IMMICH_TELEMETRY_INCLUDE') ||
      hasKind(objects, 'PodMonitor', 'ServiceMonitor', 'PrometheusRule'),
  },
  {
    ...server,
    version: '3.0.0',
    breaks: 'the phone app of version 2 cannot talk to a server of version 3',
    action: 'update the app on every phone first',
    source: migration,
  },
  {
    ...server,
    version: '3.1.0',
    breaks: 'roles may come from a claim of the identity provider, and sessions end with the upgrade',
    action: 'sign in again on every device',
    source: 'release notes of Immich 3.1.0',
    concerns: (objects) => hasVariable(objects, 'IMMICH_CONFIG_FILE'),
  },
  {
    program: 'the database of Immich',
    artifact: 'immich-app/postgres',
    version: 'without pgvecto.rs',
    isBroughtBy: (before, after) => before.includes('pgvectors') && !after.includes('pgvectors'),
    breaks:
      'the image no longer has the extension pgvecto.rs: a table or an index that still uses it cannot be read',
    action:
      "see that it does not: psql -c '\\dx' lists no extension vectors. If it does, start Immich 2 with the image before once more, which moves them to VectorChord",
    source: 'immich.app/blog/v3-migration, 2026-07-01, and immich-app/immich#18439',
  },
  {
    program: 'Valkey',
    artifact: 'valkey/valkey',
    version: 'with a minor version',
    isBroughtBy: (before, after) => /^\d+$/.test(before) && /^\d+\.\d/.test(after),
    breaks: `the tag was that of a whole major version, so that each pull could bring another minor version`,
    action: 'nothing: from now on the minor version changes with a commit only',
    source: 'tags of docker.io/valkey/valkey, 2026-11',
  },
];
