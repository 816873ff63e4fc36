/**
 * The program that runs in a network namespace of the bench and asks everything that it was told last ten times a second, each
 * time on a new connection. A line of JSON on its input is an {@link Order}; of each report it writes one line, a {@link Sight}.
 * It begins with the addresses that it has, and runs until its input ends.
 */
import { networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { isPortTaken, listen, outcomeOf, outcomeOfQuestion, webAnswer } from '../fixtures/connecting.ts';
import { sourcePorts } from './sourcePorts.ts';
import { type Answer, interval, type Order, type Sight, type Stretch, type Watched } from './watched.ts';

/** How long to wait for the answer to a request, in milliseconds. A gate that answers late has answered. */
const patience = 10_000;
/**
 * A step that takes so many milliseconds: the machine had no time for this program. Its time limits end before it reads the
 * answers that came meanwhile, so what ran out of time then says nothing.
 */
const standstill = 500;
/** The questions of one interval are spread over so many steps. */
const steps = 10;

/** An answer, with the times of the question and of the answer. */
interface Answered {
  readonly at: number;
  readonly answered: number;
  readonly answer: Answer;
}

let all: readonly Watched[] = [];
let seen = new Map<string, Answered[]>();
const open = new Set<Promise<void>>();
const ports = sourcePorts();
/** When this program last went on after it had stood still, in milliseconds since 1970. */
let wentOn = 0;

process.stdin.on('end', () => process.exit(0));
process.stdout.write(`${JSON.stringify(await ownAddresses())}\n`);
askForEver();
for await (const line of createInterface({ input: process.stdin })) obey(JSON.parse(line));

/** The kernel of a busy machine says late that an interface is up, and Node lists none before. */
async function ownAddresses(): Promise<readonly string[]> {
  for (let turn = 0; ; turn += 1) {
    const all = Object.values(networkInterfaces()).flatMap((each = []) => each);
    if (turn === 100 || all.some(({ internal }) => !internal)) return all.map(({ address }) => address);
    await wait(100);
  }
}

function obey(order: Order): void {
  switch (order.do) {
    case 'ask':
      all = order.all;
      return;
    case 'listen':
      void listen(order.on);
      return;
    case 'report':
      void report();
  }
}

async function askForEver(): Promise<void> {
  for (let step = 0; ; step += 1) {
    const began = performance.now();
    const round = Math.floor(step / steps);
    for (let each = step % steps; each < all.length; each += steps) {
      const watched = all[each];
      if (watched !== undefined && round % (watched.everyNth ?? 1) === 0) ask(watched);
    }
    await wait(Math.max(0, interval / steps - (performance.now() - began)));
    if (performance.now() - began > standstill) wentOn = Date.now();
  }
}

function ask(watched: Watched): void {
  const at = Date.now();
  const asked = answerTo(watched)
    .catch((error: NodeJS.ErrnoException): Answer => outcomeOrThrow(error))
    .then((answer) => {
      if (answer === 'timed out' && wentOn >= at) return;
      const list = seen.get(watched.id) ?? [];
      seen.set(watched.id, list);
      list.push({ at, answered: Date.now(), answer });
    })
    .finally(() => open.delete(asked));
  open.add(asked);
}

async function answerTo(watched: Watched): Promise<Answer> {
  for (;;) {
    try {
      return await answerFrom(ports.next(watched), watched);
    } catch (error) {
      if (!(error instanceof Error && isPortTaken(error))) throw error;
    }
  }
}

async function answerFrom(fromPort: number, watched: Watched): Promise<Answer> {
  if (watched.kind === 'connection') return await outcomeOfQuestion({ ...watched.question, fromPort });
  const { status } = await webAnswer({ patience, ...watched.request, fromPort });
  return watched.passes.includes(status) ? 'open' : `status ${status}`;
}

/** A request that nobody answers ends without a code of the kernel. */
function outcomeOrThrow(error: NodeJS.ErrnoException): Answer {
  return error.code === undefined || /^(?:ERR|HPE)_/.test(error.code) ? 'timed out' : outcomeOf(error);
}

async function report(): Promise<void> {
  const before = seen;
  await Promise.all(open);
  seen = new Map();
  const sight: Sight = Object.fromEntries([...before].map(([id, answers]) => [id, stretches(answers)]));
  process.stdout.write(`${JSON.stringify(sight)}\n`);
}

/** Answers come in another order than they are asked. */
function stretches(answers: readonly Answered[]): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const { at, answered, answer } of answers.toSorted((one, other) => one.at - other.at)) {
    const last = found.at(-1);
    if (last?.answer === answer) {
      const first = Math.min(last.answered, answered);
      found.splice(-1, 1, { ...last, last: at, answered: first, count: last.count + 1 });
    } else found.push({ answer, first: at, last: at, answered, count: 1 });
  }
  return found;
}
