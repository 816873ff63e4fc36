interface Output {
  write(text: string): unknown;
}

/**
 * A text in which the runner of GitHub finds no command. It takes a line for one that starts with `::` behind white space,
 * and one with `##[` anywhere (actions/runner, `src/Runner.Common/ActionCommand.cs`). Names of another one's repository
 * may hold both. A JSON document says the same as before.
 */
export function withoutWorkflowCommands(text: string): string {
  return text.replace(/^([^\S\n]*)::/gm, String.raw`$1\::`).replaceAll('##[', String.raw`#\u0023[`);
}

/** Streams that give the runner no commands, in a workflow of GitHub; all others are returned as they are. */
export function safeStreams<Streams extends { stdout: Output; stderr: Output }>(
  streams: Streams,
  env: Readonly<Record<string, string | undefined>>,
): Streams {
  if (env['GITHUB_ACTIONS'] !== 'true') return streams;
  const { stdout, stderr } = streams;
  return { ...streams, stdout: safe(stdout), stderr: safe(stderr) };
}

function safe<Stream extends Output>(stream: Stream): Stream {
  // A stream of Node needs itself as its own `this`.
  return Object.assign(Object.create(stream), {
    write: (text: string) => stream.write(withoutWorkflowCommands(text)),
  });
}
