/**
 * Milliseconds of the processor that this process has used, all threads together: collecting garbage and compiling
 * count for whoever causes them, and what else the machine does counts for nobody.
 */
export function processor() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
