import { getHeapStatistics } from 'node:v8'

const BYTES_PER_MIB = 2 ** 20
/** Written with lines or underlines. V8 takes 0 for none. */
const OLD_SPACE_FLAG = /--max[-_]old[-_]space[-_]size=([1-9]\d*)/g

export interface HeapLimits {
  /** what V8 lets the main thread's heap grow to, its young generation included */
  readonly heapLimitBytes: number
  /** what it lets the old generation grow to, at which it gives up; it does not tell that, so where no flag says it, the same as above */
  readonly oldLimitBytes: number
}

/** Node takes options of the command line for stronger than those of the environment, and the last for stronger than the first. */
export function readHeapLimits(env = process.env, execArgv: readonly string[] = process.execArgv): HeapLimits {
  const { heap_size_limit: heapLimitBytes } = getHeapStatistics()
  const options = [env['NODE_OPTIONS'] ?? '', ...execArgv].join(' ')
  const mib = [...options.matchAll(OLD_SPACE_FLAG)].at(-1)?.[1]
  return { heapLimitBytes, oldLimitBytes: mib === undefined ? heapLimitBytes : Number(mib) * BYTES_PER_MIB }
}
