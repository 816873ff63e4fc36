/** njs-types 0.9.4 asks for an ArrayBuffer; njs takes any view of one, as its own example there shows. */
interface TextDecoder {
  decode(bytes: Uint8Array): string;
}
