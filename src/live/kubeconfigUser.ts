import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { type Fields, fieldsAt, isFields, listAt, mapsAt, textAt, textsAt } from '../kubernetes/fields.ts';
import type { ProblemCode } from '../problems/codes.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import type { Environment } from '../system/environment.ts';
import type { ExecPlugin } from './execPlugin.ts';
import type { Entry } from './kubeconfigFiles.ts';

/** As whom to connect. */
export interface Login {
  certificate: { certificate: string; key: string; ends: Date } | undefined;
  token: string | undefined;
  /** It is read again when its token is not accepted any more. */
  tokenFile: string | undefined;
  exec: ExecPlugin | undefined;
  /** The `auth-provider` of OpenID Connect. */
  oidc: Fields | undefined;
  basic: { username: string; password: string } | undefined;
  /** Headers that ask to act as somebody else. */
  impersonation: Readonly<Record<string, string | string[]>>;
}

/** The certificate of the authority, as PEM; undefined where the kubeconfig names none. */
export async function authorityOf(entry: Entry): Promise<Outcome<string | undefined>> {
  const pem = await pemOf(entry, 'certificate-authority');
  if (!pem.ok || pem.value === undefined) return pem;
  return certificateIn(pem.value) === undefined
    ? err(unusable(entry, 'certificate-authority is no certificate', 'kubeconfig-invalid'))
    : pem;
}

/** Reads the credentials of a user, and refuses those that cannot work. */
export async function loginOf(
  entry: Entry,
  environment: Environment,
  needsNone: boolean,
): Promise<Outcome<Login>> {
  const { fields, directory } = entry;
  const certificate = await clientCertificate(entry, environment.now());
  if (!certificate.ok) return certificate;
  const provider = fieldsAt(fields, 'auth-provider');
  const name = textAt(provider, 'name');
  if (name !== undefined && name !== 'oidc') return err(removedProvider(entry, name));
  const tokenFile = textAt(fields, 'tokenFile') || undefined;
  const username = textAt(fields, 'username') || undefined;
  const login: Login = {
    certificate: certificate.value,
    token: textAt(fields, 'token')?.trim() || undefined,
    tokenFile: tokenFile === undefined ? undefined : absolute(directory, tokenFile),
    exec: isFields(fields['exec']) ? execOf(fields['exec'], directory) : undefined,
    oidc: name === undefined ? undefined : provider,
    basic: username === undefined ? undefined : { username, password: textAt(fields, 'password') ?? '' },
    impersonation: impersonationOf(fields),
  };
  const { token, exec, oidc, basic } = login;
  if (needsNone || [certificate.value, token, tokenFile, exec, oidc, basic].some(Boolean)) return ok(login);
  return err(unusable(entry, 'the user has no credentials that Gatehouse knows', 'kubeconfig-invalid'));
}

function execOf(exec: Fields, directory: string): ExecPlugin {
  const command = textAt(exec, 'command') ?? '';
  return {
    // A name alone is searched on the PATH.
    command: /[\\/]/.test(command) ? absolute(directory, command) : command,
    parameters: textsAt(exec, 'args'),
    variables: mapsAt(exec, 'env').map(
      (item) => [textAt(item, 'name') ?? '', textAt(item, 'value') ?? ''] as const,
    ),
    apiVersion: textAt(exec, 'apiVersion') ?? 'client.authentication.k8s.io/v1',
    needsTerminal: textAt(exec, 'interactiveMode') === 'Always',
    wantsCluster: exec['provideClusterInfo'] === true,
    hint: textAt(exec, 'installHint'),
  };
}

function impersonationOf(fields: Fields): Record<string, string | string[]> {
  const [as, uid] = [textAt(fields, 'as'), textAt(fields, 'as-uid')];
  const groups = [...textsAt(fields, 'as-groups')];
  const extra = Object.keys(fieldsAt(fields, 'as-user-extra')).map((key) => [
    `Impersonate-Extra-${encodeURIComponent(key)}`,
    listAt(fields, 'as-user-extra', key).map(String),
  ]);
  return {
    ...(as && { 'Impersonate-User': as }),
    ...(uid && { 'Impersonate-Uid': uid }),
    ...(groups.length > 0 && { 'Impersonate-Group': groups }),
    ...Object.fromEntries(extra),
  };
}

async function clientCertificate(entry: Entry, now: Date): Promise<Outcome<Login['certificate']>> {
  const pem = await pemOf(entry, 'client-certificate');
  const key = await pemOf(entry, 'client-key');
  if (!pem.ok || !key.ok) return err(...[pem, key].flatMap((one) => (one.ok ? [] : one.problems)));
  if (pem.value === undefined && key.value === undefined) return ok(undefined);
  const certificate = certificateIn(pem.value ?? '');
  if (certificate === undefined || pem.value === undefined)
    return err(unusable(entry, 'client-certificate is no certificate', 'kubeconfig-invalid'));
  if (key.value === undefined || !belongs(certificate, key.value))
    return err(unusable(entry, 'client-key is not the key of client-certificate', 'kubeconfig-invalid'));
  const [starts, ends] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  if (ends < now) return err(expired(entry, `expired on ${ends.toISOString().slice(0, 10)}`));
  if (starts > now) {
    const message = `is valid from ${starts.toISOString()} on, and the clock of this computer says ${now.toISOString()}`;
    return err({ ...expired(entry, message), remedy: 'set the clock of this computer' });
  }
  return ok({ certificate: pem.value, key: key.value, ends });
}

function belongs(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** The text of a field that is a path or, with `-data`, the content in Base64. The content wins, as with kubectl. */
async function pemOf(entry: Entry, field: string): Promise<Outcome<string | undefined>> {
  const data = textAt(entry.fields, `${field}-data`);
  if (data) return ok(Buffer.from(data, 'base64').toString('utf8'));
  const path = textAt(entry.fields, field);
  if (!path) return ok(undefined);
  try {
    return ok(await readFile(absolute(entry.directory, path), 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return err(unusable(entry, `${field} names ${path}, which cannot be read (${code})`));
  }
}

function absolute(directory: string, path: string): string {
  return isAbsolute(path) ? path : join(directory, path);
}

function unusable({ file }: Entry, message: string, code: ProblemCode = 'credentials-unusable'): Problem {
  return {
    code,
    file,
    message,
    remedy:
      'write the kubeconfig again, for example with "talosctl kubeconfig", or name another with --context',
  };
}

function expired({ file }: Entry, message: string): Problem {
  return {
    code: 'credentials-unusable',
    file,
    message: `the client certificate ${message}`,
    expected: 'a certificate that is valid today',
    remedy:
      'write a new kubeconfig: "talosctl kubeconfig"; k3s renews its certificates when it restarts: copy /etc/rancher/k3s/k3s.yaml',
  };
}

function removedProvider({ file }: Entry, name: string): Problem {
  return {
    code: 'kubeconfig-invalid',
    file,
    message: `the user has the auth-provider "${name}", which kubectl does not have since 1.26`,
    expected: 'an exec plugin, a token or a client certificate',
  };
}
