/** Whether this run is one of continuous integration, where no test may be skipped. */
export function isContinuousIntegration(): boolean {
  const { CI } = process.env;
  return CI !== undefined && !['', '0', 'false'].includes(CI.toLowerCase());
}
