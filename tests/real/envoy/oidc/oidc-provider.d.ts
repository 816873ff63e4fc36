/** As much of `oidc-provider` as the issuer of tests calls. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  interface Configuration {
    readonly jwks: { readonly keys: readonly object[] };
    readonly clients: readonly object[];
    readonly routes: Readonly<Record<string, string>>;
    readonly cookies: { readonly keys: readonly string[] };
    readonly features: Readonly<Record<string, object>>;
    readonly extraTokenClaims: (
      context: unknown,
      token: { readonly clientId?: string },
    ) => object | undefined;
  }

  export default class Provider {
    constructor(issuer: string, configuration: Configuration);
    callback(): RequestListener;
  }
}
