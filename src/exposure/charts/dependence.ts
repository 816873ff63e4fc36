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

/** Comments of templates are left out: they ask for nothing. */
const action = /\{\{(?!-?\s*\/\*)([\s\S]*?)\}\}/g;

/**
 * What the templates in some texts ask of the cluster. A word counts wherever it stands in an action, also where the
 * action is never reached: too much is found rather than too little.
 */
export function dependenceOf(texts: Iterable<string>): Dependence {
  let capabilities = false;
  const live = new Set<string>();
  for (const text of texts) {
    if (!text.includes('{{')) continue;
    for (const [, inner = ''] of text.matchAll(action)) {
      capabilities ||= /\bCapabilities\b/.test(inner);
      for (const [word, does] of liveWords) if (new RegExp(`\\b${word}\\b`).test(inner)) live.add(does);
    }
  }
  return { capabilities, live: [...live] };
}
