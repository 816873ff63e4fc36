/**
 * Stands for immich-machine-learning. As the real one (immich-app/immich, machine-learning/immich_ml/main.py): it serves
 * HTTP on port 3003 (`IMMICH_PORT`), `/ping` answers `pong`, and the first `/predict` fetches its model from the internet
 * on port 443 into `MACHINE_LEARNING_CACHE_FOLDER`.
 *
 * It does not: run a model. `/predict` answers with nothing found.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { getOverHttps } from './systemRoots.ts';

const { env } = process;
const cache = env['MACHINE_LEARNING_CACHE_FOLDER'] ?? '/cache';
/** Where the models come from (models/base.py: `snapshot_download`). */
const models = 'https://huggingface.co/immich-app/ViT-B-32__openai/resolve/main/config.json';

const server = createServer(async (request, response) => {
  const json = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (request.url === '/ping') return response.end('pong');
  if (request.url === '/') return json(200, { message: 'Immich ML' });
  if (request.url !== '/predict' || request.method !== 'POST') return json(404, { detail: 'Not Found' });
  try {
    const model = await getOverHttps(models);
    mkdirSync(join(cache, 'clip'), { recursive: true });
    writeFileSync(join(cache, 'clip', 'config.json'), model);
    return json(200, {});
  } catch (error) {
    console.error(`Failed to load the model: ${error}`);
    return json(500, { detail: 'Internal Server Error' });
  }
});
server.listen(Number(env['IMMICH_PORT'] ?? 3003), () => console.log('Application startup complete.'));
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
