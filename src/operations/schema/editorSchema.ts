import { clusterSchema } from '../../components/catalogue.ts';
import { type Field, fieldsOf } from '../../config/fields.ts';

/**
 * JSON Schema (2020-12) of the configuration for editors. No field is required, because each field is in one of two
 * files and an editor sees only one of them. `configure` checks both.
 */
export function editorSchema(): Field & { $schema: string; title: string } {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'The configuration of a cluster for Gatehouse',
    ...forEditor(fieldsOf(clusterSchema)),
  };
}

function forEditor({ required: _, visibility, substitution, source, ...field }: Field): Field {
  const marks = [
    visibility && visibility !== 'public'
      ? `${visibility}: it belongs in the private values file`
      : undefined,
    substitution ? `\${${substitution}} in manifests` : undefined,
    source,
  ].filter((mark) => mark !== undefined);
  const description = [field.description, marks.length > 0 ? `(${marks.join('; ')})` : undefined]
    .filter(Boolean)
    .join(' ');
  const below = (children: Field[] | undefined): Field[] | undefined => children?.map(forEditor);
  const properties =
    field.properties &&
    Object.fromEntries(Object.entries(field.properties).map(([name, child]) => [name, forEditor(child)]));
  return {
    ...field,
    ...(description ? { description } : {}),
    ...(properties ? { properties } : {}),
    ...(field.items ? { items: forEditor(field.items) } : {}),
    ...(field.additionalProperties ? { additionalProperties: forEditor(field.additionalProperties) } : {}),
    ...(field.anyOf ? { anyOf: below(field.anyOf) ?? [] } : {}),
    ...(field.oneOf ? { anyOf: below(field.oneOf) ?? [] } : {}),
  };
}
