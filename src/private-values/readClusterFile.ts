import { readDocument } from '../config/document.ts';
import { inKnownFormat, type NewestFormat } from '../config/format.ts';
import { decodeText } from '../config/text.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import { clusterFile } from './clusterFile.ts';
import { configurationNotFound } from './configuration.ts';
import { readSource } from './readSource.ts';

/** `cluster.yaml` as it is on the disk, and what it says in the newest format. */
export interface ClusterFile extends NewestFormat {
  text: string;
  bytes: Uint8Array;
}

/**
 * Reads `cluster.yaml` of a directory alone: neither the schema nor the private values take part. A format that this
 * version does not know is a problem.
 */
export async function readClusterFile(directory: string): Promise<Outcome<ClusterFile>> {
  const source = await readSource(directory, clusterFile);
  if (source === undefined || 'problem' in source) return err(source?.problem ?? configurationNotFound());
  const decoded = decodeText(source);
  if ('problem' in decoded) return err(decoded.problem);
  const { document, problems } = readDocument(clusterFile, decoded.text);
  if (document === undefined) return err(...problems);
  const known = inKnownFormat(document);
  return known.ok ? ok({ text: decoded.text, bytes: source.bytes, ...known.value }) : known;
}
