import { reference } from '../../../config/private.ts';
import { type Part, workload } from '../names.ts';
import type { ImmichSection } from '../section.ts';

/** The address for people at home, and the one for everywhere else. */
export function addresses({ host, nodePort }: ImmichSection): { inside: string; outside: string } {
  return { inside: `http://${reference(host)}:${nodePort}`, outside: `https://${reference(host)}` };
}

/** The labels of a part's pods, as kubectl takes them. */
export function selectorOf(section: ImmichSection, part: Part): string {
  return Object.entries(workload(section, part).labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
}

/** Prints the address of the node that runs the server: the one at which the port of the nodes answers. */
export function nodeAddressCommand(section: ImmichSection): string {
  return `kubectl -n ${section.namespace} get pods -l ${selectorOf(section, 'server')} -o jsonpath='{.items[0].status.hostIP}{"\\n"}'`;
}

/** A shell word for a path below the library. */
export function inLibrary({ library }: ImmichSection, file?: string): string {
  return file === undefined ? `'${reference(library.path)}'` : `'${reference(library.path)}/${file}'`;
}
