/** What a chart asks of the cluster, so that its text alone does not tell what it makes. */
export interface Dependence {
  /** It asks which version of Kubernetes there is, and which APIs it serves. */
  capabilities: boolean;
  /** It looks at objects that are there, or whether it is installed for the first time. */
  live: readonly string[];
}

/** Words of templates by which a chart learns what only the cluster knows (helm, `pkg/engine` and `pkg/action`). */
const liveWords: ReadonlyMap<string, string> = new Map([
  ['lookup', 'looks up objects in the cluster'],
  ['IsInstall', 'asks whether it is installed for the first time'],
  ['IsUpgrade', 'asks whether it is upgraded'],
  ['Revision', 'asks how often it was upgraded'],
  ['getHostByName', 'asks a name server'],
]);

/**
 * What the templates in some texts ask of the cluster. A word counts wherever it stands in an action, also where the
 * action is never reached: too much is found rather than too little.
 */
export function dependenceOf(texts: Iterable<string>): Dependence {
  let capabilities = false;
  const live = new Set<string>();
  for (const text of texts) {
    for (const action of actionsIn(text)) {
      capabilities ||= /\bCapabilities\b/.test(action);
      for (const [word, does] of liveWords) if (new RegExp(`\\b${word}\\b`).test(action)) live.add(does);
    }
  }
  return { capabilities, live: [...live] };
}

/** What stands between `{{` and `}}`, without comments: they ask for nothing. */
function* actionsIn(text: string): Generator<string> {
  for (let start = text.indexOf('{{'); start >= 0; ) {
    const inner = text.slice(start + 2, start + 64);
    const end = /^-?\s*\/\*/.test(inner) ? commentEnd(text, start + 2) : actionEnd(text, start + 2);
    if (!/^-?\s*\/\*/.test(inner)) yield text.slice(start + 2, end);
    start = text.indexOf('{{', end);
  }
}

function commentEnd(text: string, start: number): number {
  const end = text.indexOf('*/', start);
  return end < 0 ? text.length : end + 2;
}

/** The end of an action: braces inside of its strings are text. */
function actionEnd(text: string, start: number): number {
  let quote = '';
  for (let at = start; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote !== '') {
      if (char === '\\' && quote !== '`') at++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === '`' || char === "'") quote = char;
    else if (char === '}' && text[at + 1] === '}') return at;
  }
  return text.length;
}
