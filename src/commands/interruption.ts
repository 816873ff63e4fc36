const signals = ['SIGINT', 'SIGTERM'] as const;

/** The signal of a run that Ctrl-C ends. */
export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
}

/** The first Ctrl-C from now on ends the run in order, and a second one at once. */
export function onInterruption(): Interruption {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const signal of signals) process.once(signal, stop);
  return {
    signal: stopping.signal,
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
