import { once as lazily } from '../../../kubernetes/once.ts';
import { contexts } from './directiveTable.ts';
import type { Directive } from './syntax.ts';

/** What is wrong with a configuration. */
export interface Faults {
  /** Why nginx refuses it: `nginx -t` does. */
  refused: string | undefined;
  /** Why it may do more than is read. */
  unread: string | undefined;
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

const blocksOf: () => ReadonlyMap<string, ReadonlySet<string>> = lazily(
  () =>
    new Map(
      contexts.flatMap(([blocks, names]) =>
        words(names).map((name) => [name, new Set(words(blocks))] as const),
      ),
    ),
);

/** Directives that open a block. Nothing else may, and these must. */
const withBlock = new Set(
  words(
    `events http server location upstream types map geo split_clients if limit_except charset_map stream`,
  ),
);

/** Blocks whose lines are values, not directives. */
const ofValues = new Set(['types', 'map', 'geo', 'split_clients', 'charset_map', 'geoip2', 'match']);

/** Directives that may lead requests elsewhere or past a check, and are not read, with the reason. */
const unreadDirectives: Readonly<Record<string, string>> = {
  perl: 'a program answers',
  perl_set: 'a program decides',
  perl_modules: 'a program decides',
  perl_require: 'a program decides',
  ssi: 'a subrequest skips access checks',
  add_before_body: 'a subrequest skips access checks',
  add_after_body: 'a subrequest skips access checks',
  mirror: 'a subrequest skips access checks',
  post_action: 'a subrequest skips access checks',
  pass: 'it leads to another server',
  xslt_stylesheet: 'a stylesheet may load documents',
};

/** Directives of access and of destinations that nginx refuses to read twice in one block. */
const once = new Set(
  words(`auth_basic auth_basic_user_file auth_request satisfy root alias internal proxy_pass grpc_pass
    fastcgi_pass uwsgi_pass scgi_pass memcached_pass`),
);

/** Modules beside nginx's own whose directives change neither destinations nor checks, by the start of their names. */
const harmlessElsewhere =
  /^(?:js_(?:import|path|engine|context_reuse|shared_dict_zone|fetch_|preload_object|periodic|var|set|access|content|header_filter|body_filter)|brotli|zstd|otel_|vhost_traffic_status|geoip2|auth_jwt)/;

/** Modules that nginx loads and whose directives are known. */
const knownModules =
  /(?:^|\/)ngx_(?:http|stream)_(?:js|image_filter|geoip|geoip2|brotli_filter|brotli_static|xslt_filter|otel)_module(?:-debug)?\.so$|(?:^|\/)(?:ngx_stream_module|ngx_otel_module)\.so$/;

/**
 * Finds what nginx refuses, and what is not read. Of nginx's own directives all are known; those of which nothing is
 * said here log, limit, buffer, compress, cache, time out, name variables, change headers or answer with files. None of
 * them leads a request elsewhere or takes a check away.
 */
export function findFaults(root: readonly Directive[]): Faults {
  const faults: Faults = { refused: undefined, unread: undefined };
  if (!root.some(({ name }) => name === 'events')) faults.refused = 'there is no events block';
  const visit = (directives: readonly Directive[], block: string): void => {
    for (const [at, directive] of directives.entries()) {
      if (once.has(directive.name) && directives.findIndex(({ name }) => name === directive.name) < at)
        faults.refused ??= `${directive.name} (line ${directive.line}) is there twice`;
      check(directive, block, faults);
      const inner = innerBlock(directive.name, block);
      if (directive.block === undefined || ofValues.has(directive.name) || !blocksOf().has(directive.name))
        continue;
      visit(directive.block, inner);
    }
  };
  visit(root, 'main');
  return faults;
}

function check(directive: Directive, block: string, faults: Faults): void {
  const { name, args, line } = directive;
  const place = `${name} (line ${line})`;
  if (Object.hasOwn(unreadDirectives, name))
    faults.unread ??= `${place} is not read: ${unreadDirectives[name]}`;
  if (name === 'load_module' && !knownModules.test(args[0] ?? ''))
    faults.unread ??= `the module ${args[0] ?? ''} (line ${line}) is not known`;
  const blocks = blocksOf().get(name);
  if (blocks === undefined) {
    if (!harmlessElsewhere.test(name)) faults.unread ??= `${place} is not known`;
    return;
  }
  if (!blocks.has('any') && !blocks.has(block)) faults.refused ??= `${place} is not allowed in ${block}`;
  if (withBlock.has(name) !== (directive.block !== undefined) && !isServerOfGroup(name, block))
    faults.refused ??= `${place} ${withBlock.has(name) ? 'has no block' : 'has a block'}`;
}

function isServerOfGroup(name: string, block: string): boolean {
  return name === 'server' && block.endsWith('upstream');
}

/** The block that a directive opens, as the table of contexts names it. */
function innerBlock(name: string, block: string): string {
  if (name === 'if') return block === 'location' || block === 'if-location' ? 'if-location' : 'if-server';
  if (name === 'server') return block === 'stream' ? 'stream-server' : 'server';
  if (name === 'upstream') return block === 'stream' ? 'stream-upstream' : 'upstream';
  return name;
}
