/** Receives the progress of several installations. */
export interface Progress {
  /** Reports the current step of a program. */
  readonly news: (title: string, news: string) => void;
  /** Reports the outcome. */
  readonly done: (title: string, sentence: string) => void;
  readonly end: () => void;
}

/** The interval of progress lines without a terminal, in milliseconds. */
const quietInterval = 30_000;

/**
 * Progress on a terminal is one line that is written over; elsewhere it is a line now and then. What ended stays
 * as a line of its own, numbered.
 */
export function progressTo(stream: NodeJS.WriteStream, total: number): Progress {
  const current = new Map<string, string>();
  let ended = 0;
  let saidAt = Number.NEGATIVE_INFINITY;
  const clear = stream.isTTY ? '\r\u001b[K' : '';
  const say = (): void => {
    const line = [...current].map(([title, news]) => `${title}: ${news}`).join(' | ');
    const now = performance.now();
    if (stream.isTTY) stream.write(`${clear}${line.slice(0, (stream.columns || 80) - 1)}`);
    else if (line !== '' && now - saidAt > quietInterval) {
      stream.write(`  ${line}\n`);
      saidAt = now;
    }
  };
  return {
    news: (title, news) => {
      current.set(title, news);
      say();
    },
    done: (title, sentence) => {
      current.delete(title);
      stream.write(`${clear}[${++ended}/${total}] ${title} ${sentence}\n`);
      saidAt = performance.now();
      say();
    },
    end: () => {
      stream.write(clear);
    },
  };
}
