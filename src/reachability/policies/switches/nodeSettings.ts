import { isFields, textAt, valueAt } from '../../../kubernetes/fields.ts';
import { parseManifests } from '../../../kubernetes/manifests.ts';
import type { NodeSetting } from '../../model/nodeSetting.ts';
import { distributionSettings } from './distributionSettings.ts';
import { k3sArguments, k3sSettings } from './k3sSettings.ts';
import { silenceOf, talosSettings } from './talosSettings.ts';

/** Without one of these words a file says nothing of the network of nodes. */
const words =
  /network-policy|disable_?network_?policy|disable[-_]?kube[-_]?proxy|flannel[-_]?backend|no[-_]?flannel|\b(?:rke2_)?cni(?:Config)?\b|KubeFlannelCNIConfig|kubeNetworkPoliciesEnabled|\btalosVersion\b|\bk0s|\bkuberouter\b|\bkube_network_plugin\b|\bkube_router_run_firewall\b|\bkind\.(?:x-k8s|sigs\.k8s)\.io\/|\btype["']?: *["']?(?:controlplane|init)\b/i;

/** Objects that configure nodes, of k3d, k0s, kind, Cluster API and Rancher. */
const nodeKinds =
  /^(?:k3d\.io|k0s(?:ctl)?\.k0sproject\.io|kind\.(?:x-k8s|sigs\.k8s)\.io|(?:controlplane|bootstrap)\.cluster\.x-k8s\.io|provisioning\.cattle\.io)\//;

/**
 * Settings of k3s, RKE2, k0s, kubespray, kind and Talos in files that are no objects of the cluster: what they decide, no object tells. A file is
 * parsed only if its text has one of the words of such a setting. Hidden directories belong to other programs.
 */
export function nodeSettingsIn(tree: ReadonlyMap<string, string>): readonly NodeSetting[] {
  return [...tree].flatMap(([file, text]) => (mayConfigureNodes(file, text) ? settingsOf(file, text) : []));
}

function mayConfigureNodes(file: string, text: string): boolean {
  return /\.(?:ya?ml|json)$/.test(file) && !/(?:^|\/)\.[^/]/.test(file) && hasWords(file, text);
}

/** Files of k0s may say everything in words that are common. */
function hasWords(file: string, text: string): boolean {
  return /(?:^|[/._-])k0s/i.test(file) || words.test(text);
}

function settingsOf(file: string, text: string): readonly NodeSetting[] {
  return text
    .split(/^---(?=\s|$)/m)
    .filter((document) => hasWords(file, document) && !looksLikeObject(document))
    .flatMap((document) => settingsOfDocument(file, document));
}

/** Objects are not parsed again: definitions of kinds are large, and may have such words. */
function looksLikeObject(document: string): boolean {
  const apiVersion = /^apiVersion: *["']?([^\s"']+)/m.exec(document)?.[1];
  return apiVersion !== undefined && !nodeKinds.test(apiVersion) && /^metadata:/m.test(document);
}

function settingsOfDocument(file: string, text: string): readonly NodeSetting[] {
  const { documents, problems } = parseManifests(text);
  const settings = documents.flatMap(({ value }) =>
    isOfCluster(value)
      ? []
      : walked(value, `${file}/${textAt(value, 'kind') ?? ''}`, 0).map((setting) => ({ file, ...setting })),
  );
  const whole = settings.length > 0 ? [] : documents.flatMap(({ value }) => silenceOf(value) ?? []);
  const silent = whole.slice(0, 1).map((rule) => ({ file, rule, means: 'default' as const }));
  // A template is no YAML, and its words count.
  const unread = problems.length > 0 ? unreadSettings(file, text) : [];
  return [...settings, ...silent, ...unread];
}

/** An object of a cluster has a name in its metadata; an object that configures nodes has one too. */
function isOfCluster(value: unknown): boolean {
  const apiVersion = textAt(value, 'apiVersion');
  return (
    apiVersion !== undefined &&
    !nodeKinds.test(apiVersion) &&
    valueAt(value, 'metadata', 'name') !== undefined
  );
}

function unreadSettings(file: string, text: string): readonly NodeSetting[] {
  const off =
    /^[ \t-]*(?:\w+_)?(?:disable[-_]network[-_]policy|disable[-_]kube[-_]proxy|flannel[-_]backend)\b.*$/m.exec(
      text,
    );
  const plugin = /^[ \t]*(?:kube_network_plugin|rke2_cni|kube_router_run_firewall)\b.*$/m.exec(text);
  const isTalos = /^cniConfig:/m.test(text) || (/^cluster:/m.test(text) && /^[ \t]+cni:/m.test(text));
  const isNone = /\bcni(?:Config)?:\s+name:\s+none\s/.test(text);
  return [
    ...(off === null ? [] : [{ file, rule: off[0].trim(), means: 'k3s-off' as const }]),
    ...(plugin === null ? [] : [{ file, rule: plugin[0].trim(), means: 'unknown' as const }]),
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
function walked(value: unknown, place: string, texts: number): readonly Setting[] {
  if (Array.isArray(value)) return value.flatMap((each) => walked(each, place, texts));
  if (typeof value === 'string') return walkedText(value, place, texts);
  if (!isFields(value)) return [];
  return [
    ...k3sSettings(value),
    ...distributionSettings(value, place),
    ...talosSettings(value),
    ...Object.entries(value).flatMap(([name, each]) =>
      name === 'cni' ? [] : walked(each, `${place}/${name}`, texts),
    ),
  ];
}

/** A text holds arguments of k3s, or a patch as YAML or JSON. */
function walkedText(text: string, place: string, texts: number): readonly Setting[] {
  if (!words.test(text)) return [];
  const found = k3sArguments(text);
  if (found.length > 0 || texts >= deepest || !/[:{]/.test(text)) return found;
  return parseManifests(text).documents.flatMap(({ value }) =>
    typeof value === 'string' ? [] : walked(value, place, texts + 1),
  );
}
