/** Where Flux runs, with every Kustomization that it follows. */
export const fluxNamespace = 'flux-system';

/** A line of shell that stops Flux from applying a Kustomization, or lets it go on: what `flux suspend` and `resume` do. */
export function suspend(kustomization: string, suspended: boolean): string {
  return `kubectl -n ${fluxNamespace} patch kustomization ${kustomization} --type merge -p '{"spec":{"suspend":${suspended}}}'`;
}
