import type { MountedFile } from '../../../manifests/configurationSources.ts';
import type { Directive } from './syntax.ts';

/** The programs of `js_import NAME from PATH` and `js_import PATH` (ngx_http_js_module), by name. */
export function programsOf(
  root: readonly Directive[],
  files: readonly MountedFile[],
): ReadonlyMap<string, string | undefined> {
  const imports = root
    .filter(({ name }) => name === 'http')
    .flatMap(({ block }) => block ?? [])
    .flatMap((directive) => [directive, ...(directive.name === 'server' ? (directive.block ?? []) : [])])
    .filter(({ name }) => name === 'js_import');
  const programs = new Map<string, string | undefined>();
  for (const { args } of imports) {
    const path = args.at(-1) ?? '';
    const name = args.length === 3 ? (args[0] ?? '') : path.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
    const text = files.find((file) => file.path === path)?.text;
    programs.set(name, programs.has(name) ? undefined : text);
  }
  return programs;
}
