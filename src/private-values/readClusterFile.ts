import { type ConfigDocument, readDocument } from '../config/document.ts';
import { decodeText } from '../config/text.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import { clusterFile } from './clusterFile.ts';
import { configurationNotFound } from './configuration.ts';
import { readSource } from './readSource.ts';

/** `cluster.yaml` as it is on the disk. */
export interface ClusterFile {
  text: string;
  bytes: Uint8Array;
  document: ConfigDocument;
}

/** Reads `cluster.yaml` of a directory alone: neither the schema nor the private values take part. */
export async function readClusterFile(directory: string): Promise<Outcome<ClusterFile>> {
  const source = await readSource(directory, clusterFile);
  if (source === undefined || 'problem' in source) return err(source?.problem ?? configurationNotFound());
  const decoded = decodeText(source);
  if ('problem' in decoded) return err(decoded.problem);
  const { document, problems } = readDocument(clusterFile, decoded.text);
  if (document === undefined) return err(...problems);
  return ok({ text: decoded.text, bytes: source.bytes, document });
}
