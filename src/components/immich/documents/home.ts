import { reference } from '../../../config/private.ts';
import { type Part, workload } from '../names.ts';
import type { ImmichSection } from '../section.ts';

/** The address at home, and the one everywhere else. */
export function addresses({ host, nodePort }: ImmichSection): { inside: string; outside: string } {
  return { inside: `http://${reference(host)}:${nodePort}`, outside: `https://${reference(host)}` };
}

/** The labels of a part's pods, as a selector of kubectl. */
export function selectorOf(section: ImmichSection, part: Part): string {
  return Object.entries(workload(section, part).labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
}

/** A command that prints the address of the node that runs the server. Only there the node port answers. */
export function nodeAddressCommand(section: ImmichSection): string {
  return `kubectl -n ${section.namespace} get pods -l ${selectorOf(section, 'server')} -o jsonpath='{.items[0].status.hostIP}{"\\n"}'`;
}

/** The path of the library, or of a file in it, as a word of shell. */
export function inLibrary({ library }: Pick<ImmichSection, 'library'>, file?: string): string {
  return file === undefined ? `'${reference(library.path)}'` : `'${reference(library.path)}/${file}'`;
}
