/** What the issuer is told at its start, as JSON in a file. */
export interface IssuerSettings {
  /** The value of `iss`. */
  readonly issuer: string;
  /** Where it listens: a socket in the file system, so that it comes back at the same place. */
  readonly socket: string;
  /** The path of its keys. */
  readonly keysPath: string;
  /** Its private keys, the first signs. */
  readonly keys: readonly object[];
  /** Its certificate, where it is asked by TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined;
  /** Clients by their id. */
  readonly clients: Readonly<Record<string, IssuerClient>>;
}

/** A program that gets tokens for itself. */
export interface IssuerClient {
  readonly secret: string;
  /** More claims of its tokens. Its id is their `sub`. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The path at which tokens are had. */
export const tokenPath = '/token';
/** A resource is asked for by this and the name of an audience. */
export const resourcePrefix = 'urn:audience:';
