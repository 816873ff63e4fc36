/** njs-types 0.9.4 requires an ArrayBuffer; njs accepts any view of one, as the example there shows. */
interface TextDecoder {
  decode(bytes: Uint8Array): string;
}

/** Missing in njs-types 0.9.4. */
interface NgxSharedDict<V extends string | number = string | number> {
  /** Milliseconds until the entry of that key ends; undefined when there is none. Since njs 0.9.7. */
  ttl(key: string): number | undefined;
}
