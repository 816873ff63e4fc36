import { type Fields, fieldsAt, textsAt } from '../../kubernetes/fields.ts';
import {
  type ConfigurationSources,
  environmentOf,
  mountedFiles,
} from '../../manifests/configurationSources.ts';
import { type Workload, wordsOf } from '../model/workload.ts';

/** A program that a container may start, with the words after its name. */
export interface Command {
  /** The name in lower case, without its directory and what tells builds apart: `ngrok` of `/bin/ngrok-v3-amd64`. */
  name: string;
  args: readonly string[];
  /** Whether the word is where a shell expects a program. Any other word may be one that a wrapper starts. */
  isFirst: boolean;
}

/** Words that run what follows them. */
const runners =
  /^(?:exec|command|sudo|doas|nohup|env|tini|tini-static|dumb-init|catatonit|su-exec|gosu|setpriv|setsid|timeout|nice|ionice|chrt|time|stdbuf|unbuffer|xargs|npx|bunx|pnpx|uvx|pipx|run|start|up|sh|ash|bash|dash|zsh|busybox|chroot|unshare|nsenter|ip|netns|s6-\w+|with-contenv|while|until|if|elif|then|else|do|!|\{|watchexec|supervisord|wait-for-it|retry|-+.*|\w+=.*|[\d.]+[smhd]?)$/i;
/** Runners that take a word of their own before the program: a user or a directory. */
const runnersWithWord = /^(?:su-exec|gosu|chroot|-u|-g|--user|--chdir)$/;
/** Programs that start none of those that their words name. */
const quiet =
  /^(?:echo|printf|pgrep|pkill|kill|killall|pidof|e?grep|awk|sed|cut|tr|apk|apt|apt-get|dnf|yum|opkg|pip3?|wget|curl|fetch|cat|tail|head|tee|less|ls|stat|rm|rmdir|mkdir|mktemp|touch|cp|mv|ln|install|chmod|chown|chgrp|tar|unzip|gunzip|test|which|type|command|hash|export|set|unset|cd|sleep|wait|trap|exit|return|true|false|date|id|whoami|hostname|basename|dirname|readlink|realpath|file|diff|cmp|sha\d+sum|md5sum|ssh-keygen|ssh-keyscan|ssh-add|openssl|jq|yq|nc|dig|nslookup|ping|\[+|#.*)$/;

/** The programs that a container starts, as far as its words tell: by itself, or in a script of it. */
export function commandsOf(
  sources: ConfigurationSources,
  { namespace, spec }: Workload,
  container: Fields,
): readonly Command[] {
  const hooks = ['postStart', 'preStop'].map((hook) => fieldsAt(container, 'lifecycle', hook, 'exec'));
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) =>
    fieldsAt(container, probe, 'exec'),
  );
  const words = wordsOf(container);
  const lists = [words, ...[...hooks, ...probes].map((exec) => textsAt(exec, 'command'))];
  const texts = [...environmentOf(sources, namespace, container).values()].filter((text) =>
    text?.trim().includes(' '),
  );
  const scripts = mountedFiles(sources, namespace, spec, container).flatMap(({ path, text = '' }) =>
    isScript(path, text, words) ? [text.replace(entry, '')] : [],
  );
  return [
    ...lists.flatMap(commandsOfList),
    // Of longer texts, a word within a line is as likely data.
    ...[...texts, ...scripts].flatMap((text) => linesOfScript(text ?? '')).flatMap(firstCommandOf),
  ];
}

/** What is before a command in the configuration of a supervisor: `command=ngrok http 80`. */
const entry = /^\s*(?:command|ExecStart(?:Pre|Post)?|cmd|run)\s*[=:]\s*/gm;

/** A file that a shell or a supervisor runs. */
function isScript(path: string, text: string, words: readonly string[]): boolean {
  return (
    text.startsWith('#!') ||
    /\.(?:sh|bash|ash|zsh|py|pl|rb|js|mjs|ts|lua)$/.test(path) ||
    text.search(entry) >= 0 ||
    words.some((word) => word.includes(path))
  );
}

/** A list as a container has it: its words, and a script in one of them. */
function commandsOfList(words: readonly string[]): readonly Command[] {
  if (words.length === 0) return [];
  const scripts = words.filter((word) => /[\s;&|`]/.test(word));
  return [...commandsOfWords(words), ...scripts.flatMap(linesOfScript).flatMap(commandsOfWords)];
}

/** The words of each command of a script. */
function linesOfScript(text: string): readonly (readonly string[])[] {
  return text
    .replaceAll(/\\\n/g, ' ')
    .replaceAll(/\$\((?:which|command\s+-v|type\s+-p)\s+([^)]*)\)/g, '$1')
    .split(/[\n;&|()`]+|\$\(/)
    .map((line) => line.split(/[\s'",[\]]+/).filter((word) => word !== ''));
}

/** The first word that is no runner names the program. What it names after that may be one that it starts. */
function commandsOfWords(words: readonly string[]): readonly Command[] {
  const starting = startOf(words);
  if (quiet.test(programOf(words[starting] ?? ''))) return [];
  return words.flatMap((_, at) => commandAt(words, at, at === starting));
}

/** Only the program that the first word names that is no runner. */
function firstCommandOf(words: readonly string[]): readonly Command[] {
  const starting = startOf(words);
  const found = starting < 0 ? [] : commandAt(words, starting, true);
  return found.filter(({ name }) => !quiet.test(name));
}

/** Where the program is named; -1 where no word names one. */
function startOf(words: readonly string[]): number {
  if (words[0]?.startsWith('-') === true) return -1;
  return words.findIndex(
    (word, at) => !runners.test(programOf(word)) && !runnersWithWord.test(words[at - 1] ?? ''),
  );
}

function commandAt(words: readonly string[], at: number, isFirst: boolean): readonly Command[] {
  const word = words[at] ?? '';
  return word.includes('://') ? [] : [{ name: programOf(word), args: words.slice(at + 1), isFirst }];
}

const build =
  /[-_.](?:v?\d[\w.]*|linux|amd64|x86_64|arm\w*|aarch64|i?386|bin|static|musl|stable|latest)(?=$|[-_.])/g;

function programOf(word: string): string {
  const name = word.slice(word.lastIndexOf('/') + 1).toLowerCase();
  return name.replaceAll(build, '');
}
