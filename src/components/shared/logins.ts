import type {
  AccessLogin,
  ExtAuthLogin,
  HomeNetworkLogin,
  JwtLogin,
  Login,
  NoLogin,
  OidcLogin,
} from '../contract/login.ts';
import { appBackend } from './appBackend.ts';
import type { GrpcLoginFields, HttpLoginFields, UnopenedLoginFields } from './loginFields.ts';

type Of<Kind extends HttpLoginFields['kind']> = Extract<HttpLoginFields, { kind: Kind }>;

/** Where a login is described, and where the network policies of its route are. */
export interface LoginPlace {
  /** The field of `cluster.yaml`, as a path. */
  field: string;
  directory: string;
}

/** The login of an HTTP route, as `cluster.yaml` describes it. */
export function httpLogin(login: HttpLoginFields, place: LoginPlace): Login {
  const { field } = place;
  switch (login.kind) {
    case 'access':
      return accessLogin(login, field);
    case 'oidc':
      return oidcLogin(login);
    case 'extauth':
      return extAuthLogin(login, place);
    case 'access-and':
      return {
        kind: 'access-and',
        access: accessLogin(login.access, `${field}.access`),
        second: secondLogin(login.second, { ...place, field: `${field}.second` }),
      };
    case 'oidc-or-jwt':
      return {
        kind: 'oidc-or-jwt',
        oidc: oidcLogin(login.oidc),
        jwt: jwtLogin(login.jwt, `${field}.jwt`),
      };
    default:
      return grpcLogin(login, field);
  }
}

/** The login of a gRPC route. */
export function grpcLogin(login: GrpcLoginFields, field: string): JwtLogin | NoLogin | HomeNetworkLogin {
  return login.kind === 'jwt' ? jwtLogin(login, field) : unopenedLogin(login, field);
}

/** The login of a route whose connections are not opened. */
export function unopenedLogin(login: UnopenedLoginFields, field: string): NoLogin | HomeNetworkLogin {
  return login.kind === 'none' ? { ...login, field } : login;
}

function secondLogin(
  second: Of<'access-and'>['second'],
  place: LoginPlace,
): JwtLogin | OidcLogin | ExtAuthLogin {
  switch (second.kind) {
    case 'jwt':
      return jwtLogin(second, place.field);
    case 'oidc':
      return oidcLogin(second);
    case 'extauth':
      return extAuthLogin(second, place);
  }
}

function accessLogin(login: Of<'access-and'>['access'], field: string): AccessLogin {
  return { ...login, kind: 'access', field };
}

function jwtLogin({ issuer, audiences, allow }: Of<'oidc-or-jwt'>['jwt'], field: string): JwtLogin {
  return { kind: 'jwt', field, issuer, audiences: atLeastOne(audiences), allow };
}

function oidcLogin({ groups }: Of<'oidc-or-jwt'>['oidc']): OidcLogin {
  return { kind: 'oidc', groups: atLeastOne(groups) };
}

function extAuthLogin({ service }: Pick<Of<'extauth'>, 'service'>, { directory }: LoginPlace): ExtAuthLogin {
  return { kind: 'extauth', service: appBackend(service, directory) };
}

/** The schema refuses an empty list. */
function atLeastOne<Item>([first, ...others]: readonly Item[]): readonly [Item, ...Item[]] {
  if (first === undefined) throw new Error('the schema lets no empty list through');
  return [first, ...others];
}
