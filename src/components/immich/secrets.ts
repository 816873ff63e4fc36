import type { Context, SecretNeed } from '../contract/component.ts';
import { directory, secretNames, workload } from './names.ts';
import { databaseName, databaseUser } from './postgres.ts';
import { workersApart } from './requirements.ts';
import type { ImmichSection } from './section.ts';

/** The Secrets that Immich reads. None of their values is in Git. */
export function immichSecrets(context: Context<ImmichSection>): SecretNeed[] {
  const { section } = context;
  const servers = [
    'deployment/immich-server',
    ...(workersApart(context) ? ['deployment/immich-microservices'] : []),
  ];
  const { namespace, administrator, oidc, database: settings } = section;
  const delivered = settings.delivery === 'sops';
  const database: SecretNeed = {
    name: secretNames.database,
    namespace,
    purpose: 'the password of Immich’s database',
    usedBy: ['deployment/immich-postgres', ...servers],
    field: 'immich.database',
    keys: [
      {
        key: 'password',
        source: delivered ? 'made by `gatehouse configure`' : 'made by the command, and needed by nobody',
        create: { literal: '"$(openssl rand -hex 24)"' },
        ...(delivered
          ? {
              field: 'immich.database.password',
              generate: 'databasePassword' as const,
              value: settings.password,
            }
          : {}),
      },
    ],
    ...(delivered ? { sops: { folder: directory, file: 'secret.sops.yaml' } } : {}),
    replacing: `PostgreSQL keeps the password that it was made with. Tell it the new one as soon as Flux has delivered it, and then restart:

\`\`\`sh
kubectl -n ${namespace} exec -it deployment/${workload(section, 'postgres').name} -- psql -U ${databaseUser} -d ${databaseName} -c '\\password'
\`\`\``,
  };
  return [
    database,
    ...(administrator.way === 'bootstrap' && !administrator.done
      ? [administratorNeed(namespace, administrator)]
      : []),
    ...(oidc.enabled ? [configurationNeed(namespace, oidc, servers)] : []),
  ];
}

function administratorNeed(
  namespace: string,
  { delivery, email, password }: Extract<ImmichSection['administrator'], { way: 'bootstrap' }>,
): SecretNeed {
  const delivered = delivery === 'sops';
  return {
    name: secretNames.administrator,
    namespace,
    purpose: 'the first administrator of Immich',
    usedBy: ['job/immich-setup'],
    field: 'immich.administrator',
    keys: [
      {
        key: 'email',
        source: 'your own address',
        create: { literal: '"you@example.org"' },
        ...(delivered ? { field: 'immich.administrator.email', value: email } : {}),
      },
      {
        key: 'password',
        source: 'your password manager',
        create: { literal: '"$(openssl rand -base64 24)"' },
        ...(delivered ? { field: 'immich.administrator.password', value: password } : {}),
      },
    ],
    ...(delivered ? { sops: { folder: directory, file: 'secret-administrator.sops.yaml' } } : {}),
    replacing: 'It counts for the first sign-in only: afterwards the password is changed in Immich.',
  };
}

function configurationNeed(
  namespace: string,
  { delivery, configuration }: ImmichSection['oidc'],
  servers: readonly string[],
): SecretNeed {
  const delivered = delivery === 'sops';
  return {
    name: secretNames.config,
    namespace,
    purpose: 'Immich’s configuration file, with the OAuth client in it',
    usedBy: servers,
    field: 'immich.oidc',
    keys: [
      {
        key: 'immich.json',
        source: 'written by hand, see the chapter on sign-in',
        create: { fromFile: './immich.json' },
        ...(delivered ? { field: 'immich.oidc.configuration', value: configuration } : {}),
      },
    ],
    ...(delivered ? { sops: { folder: directory, file: 'secret-config.sops.yaml' } } : {}),
  };
}
