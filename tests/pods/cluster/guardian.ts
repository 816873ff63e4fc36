import { endRun } from './runDirectory.ts';

/**
 * A process beside a run: its input ends with the run, however the run ends. It removes what the run has not removed. Its
 * argument is the directory of the run.
 */
const [directory = ''] = process.argv.slice(2);

process.stdin.resume();
process.stdin.on('end', () => void endRun(directory));
process.stdin.on('error', () => void endRun(directory));
