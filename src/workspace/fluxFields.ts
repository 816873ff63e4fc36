import { fieldsAt, listAt, textAt } from '../exposure/fields.ts';
import type { SourcedObject } from '../exposure/judgement.ts';
import type { Root, TreeFinding } from '../exposure/kustomization.ts';
import { buildFolder } from '../exposure/kustomize/build.ts';
import { kustomizationIn, readerOf } from '../exposure/tree.ts';
import { toYamlText } from '../kubernetes/yaml.ts';

/** Fields of a Flux Kustomization that change what is built, and the field of kustomize that each becomes. */
const fields: Readonly<Record<string, string>> = {
  targetNamespace: 'namespace',
  patches: 'patches',
  components: 'components',
  images: 'images',
  namePrefix: 'namePrefix',
  nameSuffix: 'nameSuffix',
  commonMetadata: 'commonMetadata',
};

/**
 * Applies `targetNamespace`, `patches` and the like of a Flux Kustomization to what its path builds: Flux writes
 * them into the kustomization of that folder (kustomize-controller v1, generator of `pkg/kustomize`), and so does this,
 * one folder above.
 */
export function applyFluxFields(
  root: Root,
  { object }: SourcedObject,
  tree: ReadonlyMap<string, string>,
  findings: TreeFinding[],
): Root {
  const spec = fieldsAt(object, 'spec');
  const given = Object.entries(fields).filter(([field]) => spec[field] !== undefined);
  if (given.length === 0) return root;
  const folder = '.flux-build';
  const up = (path: string): string => `../${path}`;
  const paths =
    kustomizationIn(tree, root.folder) === undefined
      ? [...new Set(root.objects.map(({ file }) => up(file)))]
      : [up(root.folder)];
  const kustomization = Object.fromEntries(
    given.map(([field, name]) => [
      name,
      field === 'components'
        ? listAt(spec, field).map((component) => up(`${root.folder}/${String(component)}`))
        : spec[field],
    ]),
  );
  const text = toYamlText({ resources: paths, ...kustomization });
  const build = buildFolder(readerOf(new Map([...tree, [`${folder}/kustomization.yaml`, text]])), folder);
  const name = textAt(object, 'metadata', 'name') ?? '';
  const own = `${folder}/kustomization.yaml`;
  findings.push(
    ...build.findings
      .filter(({ file }) => file === own)
      .map((finding) => ({
        ...finding,
        file: root.by?.file ?? finding.file,
        sentence: finding.sentence.replaceAll(own, `Kustomization ${name}`),
      })),
  );
  return { ...root, objects: build.objects };
}
