const BYTES_PER_MIB = 2 ** 20

/** Of as many as there are: a heap near its limit has hundreds of thousands of collections, and a call takes fewer arguments. 0 of none. */
export function highest(values: Iterable<number>): number {
  let most = 0
  for (const value of values) most = Math.max(most, value)
  return most
}

/** In sentences: `64 MiB` */
export function mib(bytes: number): string {
  return `${(bytes / BYTES_PER_MIB).toFixed(0)} MiB`
}
