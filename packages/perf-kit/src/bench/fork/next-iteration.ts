/** Iteration numbers stay small integers, which V8 keeps unboxed: above 2^30 the benchmark's own code would change. */
export function nextIteration(iteration: number, done: number): number {
  const next = iteration + done
  return next < 2 ** 29 ? next : 0
}
