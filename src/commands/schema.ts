import { buildCommand } from '@stricli/core';
import { jsonDocument } from '../report/printable.ts';
import { type CommonFlags, commonAliases, commonFlags, type GatehouseContext } from './context.ts';

/** `gatehouse schema`: the JSON Schema of the configuration, for editors. */
export const schema = buildCommand<CommonFlags, [], GatehouseContext>({
  docs: { brief: 'Print the JSON Schema of cluster.yaml, for your editor' },
  parameters: { flags: commonFlags, aliases: commonAliases },
  async func() {
    const { editorSchema } = await import('../operations/schema/editorSchema.ts');
    this.process.stdout.write(jsonDocument(editorSchema()));
  },
});
