import { type Fields, textsAt } from '../../../kubernetes/fields.ts';
import type { MountedFile } from '../../../manifests/configurationSources.ts';
import { imageNameOf, wordsOf } from '../../model/workload.ts';

/** Programs with nginx in the name of their image that are something else. */
const otherImages = /exporter|ingress|manager|controller|gateway|agent|nginx-proxy|njs-/;

/** Whether a container runs nginx, by its image or by what it starts. */
export function isNginx(container: Fields): boolean {
  const image = imageNameOf(container);
  if (image.includes('nginx')) return !otherImages.test(image);
  const [first = '', second = '', ...rest] = wordsOf(container);
  const isStarted = [first, /entrypoint/.test(first) ? second : ''].some((word) =>
    /(?:^|\/)nginx$/.test(word),
  );
  return (
    isStarted || [second, ...rest].some((word) => /\s/.test(word) && /(?:^|[\s/;&])nginx(?:\s|$)/.test(word))
  );
}

/** Why something but nginx may write its configuration: a script of the image's directory, a hook, or a variable. */
export function otherWriter(
  container: Fields,
  files: readonly MountedFile[],
  environment: ReadonlyMap<string, string | undefined>,
): string | undefined {
  const script = files.find(({ path }) => path.startsWith('/docker-entrypoint.d'));
  if (script !== undefined) return `${script.path} runs before nginx, and may write its configuration`;
  if (textsAt(container, 'lifecycle', 'postStart', 'exec', 'command').length > 0)
    return 'its postStart hook is not read, and may write its configuration';
  const variable = [...environment.keys()].find((name) => name.startsWith('NGINX_ENVSUBST_'));
  return variable === undefined ? undefined : `${variable} decides which templates its image fills in`;
}

/**
 * The files as the image leaves them: it fills the variables of the environment into templates, and into nothing else
 * (nginx 1.30, `20-envsubst-on-templates.sh`). A template is unreadable where a value is not known.
 */
export function filledIn(
  files: readonly MountedFile[],
  environment: ReadonlyMap<string, string | undefined>,
): readonly MountedFile[] {
  return files.map((file) => {
    if (!/^\/etc\/nginx\/templates\/.*\.template$/.test(file.path)) return file;
    let known = true;
    const text = file.text?.replace(/\$(?:\{(\w+)\}|(\w+))/g, (written, braced?: string, bare?: string) => {
      const name = braced ?? bare ?? '';
      if (!environment.has(name)) return written;
      const value = environment.get(name);
      known &&= value !== undefined;
      return value ?? '';
    });
    return { ...file, text: known ? text : undefined };
  });
}

/** How the container starts nginx. */
export interface Start {
  path: string;
  /** The directives of `-g`. */
  directives: string;
  unread: string | undefined;
}

/** The main file of the image. */
export const mainPath = '/etc/nginx/nginx.conf';

export function readStart(container: Fields): Start {
  const words = wordsOf(container);
  const start: Start = { path: mainPath, directives: '', unread: undefined };
  const script = words.find((word) => /\s/.test(word.trim()) && /(?:^|[\s/;&])nginx(?:\s|$)/.test(word));
  const isShell = /(?:^|\/)(?:sh|ash|bash|dash|busybox)$/.test(words[0] ?? '');
  const plain = /^\s*(?:exec\s+)?nginx(?:\s+-g\s+(?:'[^']*'|"[^"$`]*"))?\s*$/.test(script ?? '');
  if ((script !== undefined || isShell) && !plain)
    return { ...start, unread: 'its command is a script that is not read, and may write its configuration' };
  const given = script === undefined ? words : ['-g', /-g\s+['"]([^'"]*)['"]/.exec(script)?.[1] ?? ''];
  const valueOfFlag = (flag: string) => (given.includes(flag) ? given[given.indexOf(flag) + 1] : undefined);
  if (given.includes('-p')) return { ...start, unread: 'its files are in another directory (-p)' };
  return { ...start, path: valueOfFlag('-c') ?? mainPath, directives: valueOfFlag('-g') ?? '' };
}
