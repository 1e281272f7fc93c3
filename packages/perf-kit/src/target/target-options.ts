import type { Readiness } from './readiness.ts'

export interface TargetOptions {
  /** program and arguments, each a word: no shell reads them */
  readonly command: readonly string[]
  readonly cwd?: string
  /** besides the environment of this process */
  readonly env?: Readonly<Record<string, string>>
  readonly ready: Readiness
  /** default 30 s */
  readonly readyTimeoutNs?: number
  /** how long it may take to end by itself; default 10 s */
  readonly stopTimeoutNs?: number
  readonly signal?: AbortSignal
  /** it ends when this process does, also when that is killed (not on Windows); default no */
  readonly isKept?: boolean
  /** look inside, if it is a Node that lets us: at the process that listens on the port */
  readonly agent?: boolean | { readonly port: number }
  /**
   * with an agent, start it so that what it keeps can be traced to the code that has allocated it: with `--expose-gc`, and without inlining, which
   * makes it some per cent slower. Default no
   */
  readonly traceable?: boolean
  /**
   * a folder in which V8 is to write a snapshot of the heap when that comes near its limit (`--heapsnapshot-near-heap-limit`), in each of the
   * target's Nodes. The process stands still meanwhile, for seconds or minutes, and the file is as large as the heap or larger
   */
  readonly snapshotAtLimit?: string
}
