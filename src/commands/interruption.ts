const signals = ['SIGINT', 'SIGTERM'] as const;

/** Runs something that the first Ctrl-C ends in order, by its signal, and a second one at once. */
export async function interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const signal of signals) process.once(signal, stop);
  try {
    return await run(stopping.signal);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
