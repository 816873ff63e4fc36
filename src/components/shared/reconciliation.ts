/** Where Flux runs, with every Kustomization that it follows. */
export const fluxNamespace = 'flux-system';

/**
 * A line of shell that stops Flux from applying a Kustomization, or lets it go on: what `flux suspend` and `resume` do,
 * under the same name. What is changed as `kubectl` is undone as soon as the Kustomization is applied again by the one
 * that brings it (kustomize-controller 1.7, `kustomization_controller.go`: field managers that begin so).
 */
export function suspend(kustomization: string, suspended: boolean): string {
  return `kubectl -n ${fluxNamespace} patch kustomization ${kustomization} --field-manager flux --type merge -p '{"spec":{"suspend":${suspended}}}'`;
}
