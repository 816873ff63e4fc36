/** What the modules of some programs do not say themselves, and `--pin` has to know. */
export interface Pinning {
  /**
   * The pins of other programs whose versions are the lowest that are taken: packages that both need are compiled once.
   */
  readonly startsFrom?: string;
  /** Whether the replacements of the modules themselves are taken as well. */
  readonly replacesToo?: boolean;
  /** Modules with the only version that is taken, also where another one replaces them. */
  readonly replaced?: Readonly<Record<string, string>>;
}

/** By the directory of `modules/`. */
export const pinnings: Readonly<Record<string, Pinning>> = {
  network: {
    startsFrom: 'kubernetes',
    // CoreDNS wants a later one, with which all of client-go would be compiled again.
    replaced: { 'github.com/go-openapi/jsonreference': 'v0.20.2' },
  },
  volsync: { startsFrom: 'flux', replacesToo: true },
  flux: {
    startsFrom: 'envoy-gateway',
    replacesToo: true,
    // helm-controller wants Flux's fork of this release, which the module proxy does not have. It works with Helm's own.
    replaced: { 'helm.sh/helm/v4': 'v4.2.4' },
  },
};
