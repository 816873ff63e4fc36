import { storeObstacle } from './imageStore.ts';
import { machineFacts, obstaclesOf } from './obstacles.ts';
import { clusterParts, type Parts } from './parts.ts';

/** The parts of a cluster, or what this machine lacks to run one: one sentence each, with what to do about it. */
export async function partsOrObstacles(): Promise<Parts | readonly string[]> {
  const obstacles = obstaclesOf(machineFacts());
  if (obstacles.length > 0) return obstacles;
  const parts = clusterParts();
  if (typeof parts !== 'function') return parts;
  const obstacle = await storeObstacle(parts);
  return obstacle === undefined ? parts : [obstacle];
}
