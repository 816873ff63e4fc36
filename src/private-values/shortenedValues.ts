/** More than any name of Kubernetes has (253 characters), and what is said around three of them. */
const longest = 1_500;

/**
 * A copy of JSON data in which no text is longer than anybody reads, such as a name or a message that a cluster gives. Redact before:
 * half a private value is not found.
 */
export function shortenedValues<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) =>
    typeof item === 'string' && item.length > longest
      ? `${item.slice(0, longest)}… (${item.length - longest} more characters)`
      : item,
  );
}
