import type { Private } from '../../config/private.ts';
import type { Backend } from './network.ts';

/** Cloudflare Access in front, and its token verified at the origin. */
export interface AccessLogin {
  kind: 'access';
  /** The field of `cluster.yaml` that holds these settings, as a path. */
  field: string;
  audience: Private;
  /** Which of those whom Access lets through may pass; empty means all of them. */
  emails: readonly Private[];
  serviceTokens: readonly Private[];
}

/** A signed token that the client brings along. */
export interface JwtLogin {
  kind: 'jwt';
  /** The field of `cluster.yaml` that holds these settings, as a path. */
  field: string;
  /** The name of the issuer, which a component provides. */
  issuer: string;
  /** For whom a token is meant; at least one. */
  audiences: readonly [string, ...string[]];
  /** Who of those with a token may pass; where all of it is empty, everybody. */
  allow: TokenHolders;
}

/** Holders of tokens. Whoever matches each list that is not empty passes. */
export interface TokenHolders {
  /** The claim `email` is one of them. */
  emails: readonly Private[];
  /** The claim `groups` has one of them. */
  groups: readonly string[];
  /** The claim `scope` has all of them. */
  scopes: readonly string[];
}

/** The login page of the cluster's identity provider. */
export interface OidcLogin {
  kind: 'oidc';
  /** The groups whose members may pass; at least one. */
  groups: readonly [string, ...string[]];
}

/** A service in the cluster that is asked about each request (external authorization). */
export interface ExtAuthLogin {
  kind: 'extauth';
  service: Backend;
}

/** Nothing but being in the home network or the VPN: only for who comes from there. */
export interface HomeNetworkLogin {
  kind: 'home-network';
}

/** Open to everybody, for a reason and until a day (`YYYY-MM-DD`). */
export interface NoLogin {
  kind: 'none';
  /** The field of `cluster.yaml` that holds these settings, as a path. */
  field: string;
  reason: string;
  until: string;
}

/**
 * What a route demands of a request before the app sees it. Each combination that a provider may be asked for is one
 * member, so that no other can be written down.
 */
export type Login =
  | AccessLogin
  | JwtLogin
  | OidcLogin
  | ExtAuthLogin
  | HomeNetworkLogin
  /** Access first, and then a second check behind it. */
  | { kind: 'access-and'; access: AccessLogin; second: JwtLogin | OidcLogin | ExtAuthLogin }
  /** A user signs in, a program brings a token: either is enough. */
  | { kind: 'oidc-or-jwt'; oidc: OidcLogin; jwt: JwtLogin }
  | NoLogin;
