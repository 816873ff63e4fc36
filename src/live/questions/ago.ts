/** How long ago a time is, with the time. */
export function ago(time: Date, now: Date): string {
  const minutes = Math.round((now.getTime() - time.getTime()) / 60_000);
  const stamp = time.toISOString().replace(/\.\d+Z$/, 'Z');
  if (minutes < 0) return `from ${stamp}`;
  if (minutes < 120) return `${minutes} min old (${stamp})`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h old (${stamp})` : `${Math.floor(hours / 24)} days old (${stamp})`;
}
