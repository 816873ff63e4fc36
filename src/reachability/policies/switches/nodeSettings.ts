import { isFields, textAt, valueAt } from '../../../kubernetes/fields.ts';
import { parseManifests } from '../../../kubernetes/manifests.ts';
import type { NodeSetting } from '../../model/nodeSetting.ts';
import { k3sArguments, k3sSettings } from './k3sSettings.ts';
import { isTalhelperFile, talosSettings } from './talosSettings.ts';

/** Without one of these words a file says nothing of the network of nodes. */
const words =
  /disable-network-policy|disable-kube-proxy|flannel-backend|no-flannel|\bcni(?:Config)?\b|KubeFlannelCNIConfig|kubeNetworkPoliciesEnabled|\btalosVersion\b/;

/**
 * Settings of k3s, RKE2 and Talos in files that are no Kubernetes objects: what they decide, no object tells. A file is
 * parsed only if its text has one of the words of such a setting. Hidden directories belong to other programs.
 */
export function nodeSettingsIn(tree: ReadonlyMap<string, string>): readonly NodeSetting[] {
  return [...tree].flatMap(([file, text]) => (mayConfigureNodes(file, text) ? settingsOf(file, text) : []));
}

function mayConfigureNodes(file: string, text: string): boolean {
  return /\.(?:ya?ml|json)$/.test(file) && !/(?:^|\/)\.[^/]/.test(file) && words.test(text);
}

function settingsOf(file: string, text: string): readonly NodeSetting[] {
  return text
    .split(/^---(?=\s|$)/m)
    .filter((document) => words.test(document) && !looksLikeObject(document))
    .flatMap((document) => settingsOfDocument(file, document));
}

/** Objects are not parsed again: definitions of kinds are large, and may have such words. */
function looksLikeObject(document: string): boolean {
  return /^apiVersion: *(?!["']?k3d\.io)\S/m.test(document) && /^metadata:/m.test(document);
}

function settingsOfDocument(file: string, text: string): readonly NodeSetting[] {
  const { documents, problems } = parseManifests(text);
  const settings = documents.flatMap(({ value }) =>
    isOfCluster(value) ? [] : walked(value, file, 0).map((setting) => ({ file, ...setting })),
  );
  const isWhole = documents.some(({ value }) => isTalhelperFile(value));
  const silent =
    isWhole && settings.length === 0 ? [{ file, rule: 'no cniConfig', means: 'default' as const }] : [];
  // A template is no YAML, and its words count.
  const unread = problems.length > 0 ? unreadSettings(file, text) : [];
  return [...settings, ...silent, ...unread];
}

/** An object of a cluster has a name in its metadata; a configuration of k3d has one too. */
function isOfCluster(value: unknown): boolean {
  const apiVersion = textAt(value, 'apiVersion');
  return (
    apiVersion !== undefined &&
    !apiVersion.startsWith('k3d.io/') &&
    valueAt(value, 'metadata', 'name') !== undefined
  );
}

function unreadSettings(file: string, text: string): readonly NodeSetting[] {
  const off = /^[ \t-]*(?:disable-network-policy|disable-kube-proxy|flannel-backend)\b.*$/m.exec(text);
  const isTalos = /^cniConfig:/m.test(text) || (/^cluster:/m.test(text) && /^[ \t]+cni:/m.test(text));
  const isNone = /\bcni(?:Config)?:\s+name:\s+none\s/.test(text);
  return [
    ...(off === null ? [] : [{ file, rule: off[0].trim(), means: 'k3s-off' as const }]),
    ...(isTalos
      ? [
          {
            file,
            rule: 'cni, in YAML that is not valid',
            means: isNone ? ('other' as const) : ('unknown' as const),
          },
        ]
      : []),
  ];
}

/** A text within a text within a text is not written by hand. */
const deepest = 3;

type Setting = Omit<NodeSetting, 'file'>;

/** Every setting at any depth: files of patches, of Ansible and of k3d hold the configuration of nodes somewhere. */
function walked(value: unknown, file: string, texts: number): readonly Setting[] {
  if (Array.isArray(value)) return value.flatMap((each) => walked(each, file, texts));
  if (typeof value === 'string') return walkedText(value, file, texts);
  if (!isFields(value)) return [];
  return [
    ...k3sSettings(value, file),
    ...talosSettings(value),
    ...Object.entries(value).flatMap(([name, each]) => (name === 'cni' ? [] : walked(each, file, texts))),
  ];
}

/** A text holds arguments of k3s, or a patch as YAML or JSON. */
function walkedText(text: string, file: string, texts: number): readonly Setting[] {
  if (!words.test(text)) return [];
  const found = k3sArguments(text);
  if (found.length > 0 || texts >= deepest || !/[:{]/.test(text)) return found;
  return parseManifests(text).documents.flatMap(({ value }) =>
    typeof value === 'string' ? [] : walked(value, file, texts + 1),
  );
}
