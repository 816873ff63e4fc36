import { buildApplication, buildRouteMap, text_en } from '@stricli/core';
import { check } from './commands/check.ts';
import { configure } from './commands/configure.ts';
import type { GatehouseContext } from './commands/context.ts';
import { docs } from './commands/docs.ts';
import { doctor } from './commands/doctor.ts';
import { explain } from './commands/explain.ts';
import { init } from './commands/init.ts';
import { manifests } from './commands/manifests.ts';
import { reach } from './commands/reach.ts';
import { reconcile } from './commands/reconcile.ts';
import { scan } from './commands/scan.ts';
import { schema } from './commands/schema.ts';
import { secrets } from './commands/secrets/routes.ts';
import { status } from './commands/status.ts';
import { unforeseen } from './commands/unforeseen.ts';
import { upgrade } from './commands/upgrade.ts';
import { verify } from './commands/verify.ts';
import { version } from './version.ts';

/** The program: its commands and how their flags are parsed. */
export const application = buildApplication<GatehouseContext>(
  buildRouteMap({
    routes: {
      init,
      configure,
      doctor,
      check,
      reach,
      reconcile,
      scan,
      secrets,
      status,
      verify,
      upgrade,
      docs,
      manifests,
      explain,
      schema,
    },
    docs: {
      brief:
        'Compile one cluster.yaml into a private-safe Flux repository, and prove that every entry point is protected',
    },
  }),
  {
    name: 'gatehouse',
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: 'allow-kebab-for-camel' },
    documentation: { disableAnsiColor: true },
    localization: { text: { ...text_en, formatException: unforeseen } },
    determineExitCode: () => 3,
  },
);
