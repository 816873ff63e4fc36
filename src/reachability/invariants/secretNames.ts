const secretWord =
  /pass(?:word|wd|phrase|code)?$|(?:^|[_.-])pwd?$|secret|token|credential|private[_.-]?key|api[_.-]?key|access[_.-]?key|encryption[_.-]?key|signing[_.-]?key|(?:^|[_.-])(?:key|auth|cookie|salt|pin|dsn|htpasswd)$|\.key$|\.dockerconfigjson$|kubeconfig/i;

/** Whether a key names a secret. `publicKey` and names of other objects do not. */
export function namesSecret(key: string): boolean {
  return secretWord.test(key) && !isReference(key);
}

const clearWord =
  /passw(?:or)?d|passphrase|secret|token|credential|(?:private|api|access|encryption|signing|pre-?shared)[_.-]?key/i;

/** The same, for a key of any object: words that have other meanings there do not count. */
export function clearlyNamesSecret(key: string): boolean {
  return clearWord.test(key) && !isReference(key) && !checksum.test(key);
}

/** A digest of a secret, with which a chart restarts its pods, such as the annotation `checksum/credentials`. */
const checksum = /(?:^|[/_.-])(?:checksum|digest|sha256(?:sum)?)(?:$|[/_.-])/i;

/** Keys that hold the name of something, or a setting, and not a secret itself. */
function isReference(key: string): boolean {
  return /public|(?:name|ref|file|path|url|uri|type|ttl|expir\w*|enabled|length|rotation|header|field|duration|lifetime|policy|id)s?$/i.test(
    key,
  );
}

const harmless =
  /^(?:[a-z\d]+[_.-])*(?:user(?:name)?|login|email|host(?:name)?|port|address|domain|server|url|uri|endpoint|bucket|region|zone|database|db(?:name)?|schema|namespace|name|type|issuer|realm|scheme|protocol|path|mode|timezone|tz|enabled|debug|version|(?:ca|tls)\.crt)$/i;

/** Whether a key by its name holds no secret, such as a user name or a host. */
export function namesNoSecret(key: string): boolean {
  const words = key.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2');
  return harmless.test(words) && !namesSecret(key);
}
