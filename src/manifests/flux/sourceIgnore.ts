import { matchesGlob } from './glob.ts';

/** One pattern of a `.sourceignore`, and the directory of that file. */
interface Pattern {
  domain: readonly string[];
  parts: readonly string[];
  includes: boolean;
  directoryOnly: boolean;
}

/** Whether Flux leaves a file out of the artifact of a GitRepository. */
export type IsIgnored = (path: string) => boolean;

/** What is left out without any pattern of the repository (fluxcd/pkg, `sourceignore/sourceignore.go`). */
const always = ['.git/', '.gitignore', '.gitmodules', '.gitattributes'];
const byDefault = [
  ...['*.jpg', '*.jpeg', '*.gif', '*.png', '*.wmv', '*.flv', '*.tar.gz', '*.zip'],
  ...[
    '.github/',
    '.circleci/',
    '.travis.yml',
    '.gitlab-ci.yml',
    'appveyor.yml',
    '.drone.yml',
    'cloudbuild.yaml',
  ],
  ...['codeship-services.yml', 'codeship-steps.yml', '**/.goreleaser.yml', '**/.sops.yaml', '**/.flux.yaml'],
];

/**
 * Reads the `.sourceignore` files of a tree, and what `spec.ignore` of the GitRepository adds. With a pattern of their
 * own the patterns of Flux for CI, media and the like do not hold any more. As in Flux, the last pattern that matches a
 * file decides, so that a file in a directory that is left out can be included again.
 *
 * @param files the text of each `.sourceignore` by its path
 */
export function sourceIgnore(files: ReadonlyMap<string, string>, added: string | undefined): IsIgnored {
  const own = [
    ...[...files]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([path, text]) => {
        const domain = path.split('/').slice(0, -1);
        return patternsIn(text, domain);
      }),
    ...(added === undefined ? [] : patternsIn(added, [])),
  ];
  const first = (own.length > 0 ? always : [...always, ...byDefault]).map((text) => patternOf(text, []));
  const patterns = [...first, ...own].toReversed();
  return (path) => {
    const parts = path.split('/');
    const found = patterns.find((pattern) => matches(pattern, parts));
    return found !== undefined && !found.includes;
  };
}

function patternsIn(text: string, domain: readonly string[]): readonly Pattern[] {
  return text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#') && line.trim() !== '')
    .map((line) => patternOf(line, domain));
}

function patternOf(line: string, domain: readonly string[]): Pattern {
  const includes = line.startsWith('!');
  const written = includes ? line.slice(1) : line;
  const trimmed = written.endsWith('\\ ') ? written : written.replace(/ +$/, '');
  const directoryOnly = trimmed.endsWith('/');
  const parts = (directoryOnly ? trimmed.slice(0, -1) : trimmed).split('/');
  return { domain, parts, includes, directoryOnly };
}

function matches({ domain, parts, directoryOnly }: Pattern, path: readonly string[]): boolean {
  if (path.length <= domain.length || domain.some((name, index) => path[index] !== name)) return false;
  const rest = path.slice(domain.length);
  return parts.length === 1
    ? matchesName(parts[0] ?? '', rest, directoryOnly)
    : matchesPath(parts, rest, directoryOnly);
}

/** A pattern without a slash matches any part of the path. */
function matchesName(pattern: string, path: readonly string[], directoryOnly: boolean): boolean {
  const at = path.findIndex((name) => matchesGlob(pattern, name) === true);
  return at >= 0 && !(directoryOnly && at === path.length - 1);
}

/** A pattern with a slash matches from the directory of its file, and what is below a match. */
function matchesPath(parts: readonly string[], path: readonly string[], directoryOnly: boolean): boolean {
  let rest = path;
  let anyDepth = false;
  let matched = false;
  for (const [index, part] of parts.entries()) {
    if (part === '' || (part === '**' && index < parts.length - 1)) {
      anyDepth = part === '**';
      continue;
    }
    if (part === '**') break;
    if (part.includes('**') || rest.length === 0) return false;
    const at = anyDepth ? rest.findIndex((name) => matchesGlob(part, name) === true) : 0;
    matched = at >= 0 && matchesGlob(part, rest[at] ?? '') === true;
    if (!matched && !anyDepth) return false;
    rest = at < 0 ? [] : rest.slice(at + 1);
    anyDepth = false;
  }
  return matched && !(directoryOnly && rest.length === 0);
}
