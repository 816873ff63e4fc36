import { textsIn } from '../../kubernetes/fields.ts';

/** What a chart reads from the cluster, so its files alone do not determine its objects. */
export interface ClusterDependence {
  /** It reads the version of Kubernetes, or the APIs that the cluster serves. */
  capabilities: boolean;
  /** It reads live objects, or whether it is installed for the first time: one phrase for each. */
  live: readonly string[];
}

/** Words of templates that read from the cluster (helm, `pkg/engine` and `pkg/action`). */
const liveWords: ReadonlyMap<string, string> = new Map([
  ['lookup', 'looks up objects in the cluster'],
  ['IsInstall', 'asks whether it is installed for the first time'],
  ['IsUpgrade', 'asks whether it is upgraded'],
  ['Revision', 'asks how often it was upgraded'],
  ['getHostByName', 'asks a name server'],
]);

/**
 * Finds what the templates in some texts read from the cluster. A word counts anywhere in an action, even if the action
 * is never executed: the result may contain too much, never too little.
 */
export function clusterDependenceOf(texts: Iterable<string>): ClusterDependence {
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

/** The texts between `{{` and `}}`, except comments. */
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

/** The end of an action. Braces in its strings are text. */
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

/** What rendered values read from the cluster: charts may render values as templates too. */
export function clusterDependenceOfValues(values: unknown): ClusterDependence {
  return clusterDependenceOf([...textsIn(values), JSON.stringify(values)]);
}

export function joinDependence(one: ClusterDependence, other: ClusterDependence): ClusterDependence {
  return {
    capabilities: one.capabilities || other.capabilities,
    live: [...new Set([...one.live, ...other.live])],
  };
}
