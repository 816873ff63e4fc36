import { execFile } from 'node:child_process';
import { fieldsAt, isFields, textAt } from '../kubernetes/fields.ts';
import { LiveError } from './cluster.ts';
import { oneLine } from './oneLine.ts';

/** A program that makes credentials, as the kubeconfig names it. */
export interface ExecPlugin {
  command: string;
  parameters: readonly string[];
  variables: readonly (readonly [name: string, value: string])[];
  apiVersion: string;
  needsTerminal: boolean;
  wantsCluster: boolean;
  hint: string | undefined;
}

/** What an exec plugin answers. */
export interface ExecCredential {
  token: string | undefined;
  certificate: string | undefined;
  key: string | undefined;
  ends: Date | undefined;
}

/** How long a plugin may take: somebody may have to confirm a login in a browser. */
const patience = 120_000;

/**
 * Runs the plugin. It gets no standard input, and what it tells is not shown as it is: it may contain a token.
 *
 * @param cluster what the plugin gets to know of the cluster, if it wants to
 * @throws {@link LiveError} `unauthorized` when it gives no credentials
 */
export async function runExecPlugin(
  plugin: ExecPlugin,
  env: Readonly<Record<string, string | undefined>>,
  cluster: object,
): Promise<ExecCredential> {
  if (plugin.command === '') throw failed(plugin, 'has no command');
  if (plugin.needsTerminal)
    throw failed(
      plugin,
      'wants a terminal: set interactiveMode to IfAvailable, or log in with kubectl first',
    );
  const { apiVersion } = plugin;
  const spec = { interactive: false, ...(plugin.wantsCluster && { cluster }) };
  const given = {
    ...env,
    ...Object.fromEntries(plugin.variables),
    KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion, kind: 'ExecCredential', spec }),
  };
  return credentialIn(plugin, await output(plugin, given));
}

function output(plugin: ExecPlugin, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env, timeout: patience, maxBuffer: 1_000_000, windowsHide: true };
    const child = execFile(plugin.command, [...plugin.parameters], options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      if (error.code === 'ENOENT')
        return reject(failed(plugin, `is not installed${plugin.hint ? `: ${hidden(plugin.hint)}` : ''}`));
      if (error.killed) return reject(failed(plugin, 'gave no answer and was ended'));
      const last = stderr.trimEnd().split('\n').at(-1) ?? '';
      const how = typeof error.code === 'number' ? `exit code ${error.code}` : String(error.code);
      reject(failed(plugin, `failed (${how})${last === '' ? '' : `: ${hidden(last)}`}`));
    });
    child.stdin?.end();
  });
}

function credentialIn(plugin: ExecPlugin, text: string): ExecCredential {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw failed(plugin, 'printed no JSON');
  }
  const status = fieldsAt(answer, 'status');
  const token = textAt(status, 'token') || undefined;
  const certificate = textAt(status, 'clientCertificateData') || undefined;
  const key = textAt(status, 'clientKeyData') || undefined;
  if (!isFields(answer) || answer['kind'] !== 'ExecCredential' || (!token && !(certificate && key)))
    throw failed(plugin, 'printed no credentials');
  const ends = new Date(textAt(status, 'expirationTimestamp') ?? Number.NaN);
  return { token, certificate, key, ends: Number.isNaN(ends.getTime()) ? undefined : ends };
}

/** Long words without a space may be tokens. */
function hidden(text: string): string {
  return oneLine(text.replace(/[\w+/=~-]{20,}/g, '…'));
}

function failed({ command }: ExecPlugin, message: string): LiveError {
  return new LiveError('unauthorized', `the exec plugin ${oneLine(command)} ${message}`);
}
