import type { Context, SecretNeed } from '../component.ts';
import { secretNames } from './names.ts';
import type { ImmichSection } from './section.ts';

/** The Secrets that Immich reads. None of their values is in Git. */
export function immichSecrets({ section }: Context<ImmichSection>): SecretNeed[] {
  const { namespace, administrator, oidc } = section;
  const database: SecretNeed = {
    name: secretNames.database,
    namespace,
    purpose: 'the password of Immich’s database',
    usedBy: ['deployment/immich-postgres', 'deployment/immich-server'],
    field: 'immich.database',
    keys: [
      {
        key: 'password',
        source: 'made by the command, and needed by nobody',
        create: { literal: '"$(openssl rand -hex 24)"' },
      },
    ],
  };
  const first: SecretNeed = {
    name: secretNames.administrator,
    namespace,
    purpose: 'the first administrator of Immich',
    usedBy: ['job/immich-setup'],
    field: 'immich.administrator',
    keys: [
      { key: 'email', source: 'your own address', create: { literal: '"you@example.org"' } },
      {
        key: 'password',
        source: 'your password manager',
        create: { literal: '"$(openssl rand -base64 24)"' },
      },
    ],
  };
  const config: SecretNeed = {
    name: secretNames.config,
    namespace,
    purpose: 'Immich’s configuration file, with the OAuth client in it',
    usedBy: ['deployment/immich-server'],
    field: 'immich.oidc',
    keys: [
      {
        key: 'immich.json',
        source: 'written by hand, see the chapter on sign-in',
        create: { fromFile: './immich.json' },
      },
    ],
  };
  return [
    database,
    ...(administrator.way === 'bootstrap' && !administrator.done ? [first] : []),
    ...(oidc.enabled ? [config] : []),
  ];
}
