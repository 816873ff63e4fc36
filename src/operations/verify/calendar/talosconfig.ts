import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { textAt } from '../../../kubernetes/fields.ts';
import type { Environment } from '../../../system/environment.ts';
import type { Ending } from './judged.ts';

/** When the client certificate of the current context of the talosconfig ends. Nothing else of the file is used. */
export async function talosconfigEnds({ env, home }: Environment): Promise<Ending | { why: string }> {
  const file = env['TALOSCONFIG'] || join(home, '.talos', 'config');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return { why: 'There is no talosconfig: TALOSCONFIG names none, and ~/.talos/config cannot be read' };
  }
  try {
    const config: unknown = parse(text, { maxAliasCount: 0 });
    const context = textAt(config, 'context') ?? '';
    const encoded = textAt(config, 'contexts', context, 'crt');
    if (encoded === undefined) return { why: 'The talosconfig has no certificate in its current context' };
    const certificate = new X509Certificate(Buffer.from(encoded, 'base64'));
    return {
      ends: new Date(certificate.validTo),
      what: `The client certificate of the context ${context} of the talosconfig`,
    };
  } catch {
    return { why: 'The talosconfig cannot be read: it is no YAML, or its certificate is none' };
  }
}
