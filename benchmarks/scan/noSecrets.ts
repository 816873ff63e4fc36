/** What gitleaks lists as a secret, and what gives nothing to whoever reads it. */
interface NoSecret {
  /** The reason, as it is printed beside the count of each tool. */
  reason: string;
  matches: (text: string) => boolean;
}

const decode = (text: string): string => Buffer.from(text, 'base64').toString('latin1');

/** The values below `data:` of a Secret, decoded. */
const dataOf = (text: string): string[] =>
  [...(text.split(/^data:$/m)[1] ?? '').matchAll(/^[ \t]+[\w.-]+: (\S+)$/gm)].map(([, value = '']) =>
    decode(value),
  );

export const noSecrets: readonly NoSecret[] = [
  {
    reason: 'a certificate alone: every client is sent it',
    matches(text) {
      const values = dataOf(text);
      const isCertificate = (value: string) =>
        /^-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\s*$/.test(value);
      return values.length > 0 && values.every(isCertificate);
    },
  },
  {
    reason: 'the name of a user with an empty password',
    matches(text) {
      const [, credentials] = /authorization: basic ([A-Za-z0-9+/]+={0,2})/i.exec(text) ?? [];
      return credentials !== undefined && /^[a-z]+:$/.test(decode(credentials));
    },
  },
];
