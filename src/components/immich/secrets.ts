import type { Context } from '../contract/component.ts';
import type { RequiredSecret } from '../contract/secrets.ts';
import { directory, secretNames, workload } from './names.ts';
import { databaseName, databaseUser } from './postgres.ts';
import { workersApart } from './requirements.ts';
import type { ImmichSection } from './section.ts';

/** The Secrets that Immich reads. None of their values is in Git. */
export function immichSecrets(context: Context<ImmichSection>): RequiredSecret[] {
  const { section } = context;
  const servers = [
    'deployment/immich-server',
    ...(workersApart(context) ? ['deployment/immich-microservices'] : []),
  ];
  const { namespace, administrator, oidc, database: settings } = section;
  const database: RequiredSecret = {
    name: secretNames.database,
    namespace,
    purpose: 'the password of Immich’s database',
    usedBy: ['deployment/immich-postgres', ...servers],
    field: 'immich.database',
    keys: [
      {
        key: 'password',
        from: 'generated',
        field: 'immich.database.password',
        value: settings.password,
        generate: 'databasePassword',
      },
    ],
    directory,
    deliveryField: 'immich.database.delivery',
    replacing: `PostgreSQL keeps the password that it was made with. Tell it the new one as soon as Flux has delivered it, and then restart:

\`\`\`sh
kubectl -n ${namespace} exec -it deployment/${workload(section, 'postgres').name} -- psql -U ${databaseUser} -d ${databaseName} -c '\\password'
\`\`\``,
  };
  return [
    database,
    ...(administrator.kind === 'bootstrap' && !administrator.done
      ? [administratorNeed(namespace, administrator)]
      : []),
    ...(oidc.enabled ? [configurationNeed(namespace, oidc, servers)] : []),
  ];
}

function administratorNeed(
  namespace: string,
  { email, password }: Extract<ImmichSection['administrator'], { kind: 'bootstrap' }>,
): RequiredSecret {
  return {
    name: secretNames.administrator,
    namespace,
    purpose: 'the first administrator of Immich',
    usedBy: ['job/immich-setup'],
    field: 'immich.administrator',
    keys: [
      {
        key: 'email',
        from: 'field',
        field: 'immich.administrator.email',
        value: email,
        source: 'your own address',
        create: { literal: '"you@example.com"' },
      },
      {
        key: 'password',
        from: 'field',
        field: 'immich.administrator.password',
        value: password,
        source: 'your password manager',
        create: { literal: '"$(openssl rand -base64 24)"' },
      },
    ],
    directory,
    fileSuffix: 'administrator',
    deliveryField: 'immich.administrator.delivery',
    replacing: 'It counts for the first sign-in only: afterwards the password is changed in Immich.',
  };
}

function configurationNeed(
  namespace: string,
  { configuration }: ImmichSection['oidc'],
  servers: readonly string[],
): RequiredSecret {
  return {
    name: secretNames.config,
    namespace,
    purpose: 'Immich’s configuration file, with the OAuth client in it',
    usedBy: servers,
    field: 'immich.oidc',
    keys: [
      {
        key: 'immich.json',
        from: 'field',
        field: 'immich.oidc.configuration',
        value: configuration,
        source: 'written by hand, see the chapter on sign-in',
        create: { fromFile: './immich.json' },
      },
    ],
    directory,
    fileSuffix: 'config',
    deliveryField: 'immich.oidc.delivery',
  };
}
