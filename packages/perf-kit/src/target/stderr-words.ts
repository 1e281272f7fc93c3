/** What Node and V8 say last, on stderr, and where in it the reason stands. */

export interface FatalWords {
  /** `Reached heap limit` */
  readonly reason: string
  /** the whole line */
  readonly line: string
}

export interface HeapWords extends FatalWords {
  /** not of the process, whose limit is another one */
  readonly isWorker: boolean
}

/** Of all versions from 16 to 26: the reason first, then what there was too little of. */
const HEAP = /^(?:\[[^\]]*\] )?FATAL ERROR: (.*?)(?: Allocation failed)? - JavaScript heap out of memory\s*$/m
/** A worker thread has a limit of its own, and its end is an error in whoever has started it. */
const WORKER_HEAP = /^.*Error \[ERR_WORKER_OUT_OF_MEMORY\].*$/m
const MEMORY =
  /^(?:\[[^\]]*\] )?(?:FATAL ERROR: (.*?)(?: Allocation failed)? - process out of memory|#\s*Fatal process out of memory: (.*?))\s*$/m
/** Printed by Node below each error that ends it. */
const NODE_VERSION = /^Node\.js v\d+\.\d+\.\d+\S*\s*$/m
/** Below the line of code that threw. */
const CARET = /^[ \t]*\^+[ \t]*$/
const FRAME = /^\s+at /
const COLLECTIONS = /^<--- Last few GCs --->\s*$/
/** They come out of a ring, whose beginning may be cut off. */
const COLLECTION = /(?:\[\d+:0x[0-9a-f]+\]\s*)?\d+ ms: .*/i
const AFTER_COLLECTIONS = /^(?:<---|FATAL ERROR)/
const MOST_COLLECTIONS = 3
const MOST_FRAMES = 5

export function heapWords(stderrTail: string): HeapWords | undefined {
  const heap = lastMatch(stderrTail, HEAP)
  if (heap !== undefined) return { reason: heap[1] ?? '', line: heap[0].trim(), isWorker: false }
  const worker = lastMatch(stderrTail, WORKER_HEAP)
  return worker === undefined
    ? undefined
    : { reason: 'that of a worker thread', line: worker[0].trim(), isWorker: true }
}

export function memoryWords(stderrTail: string): FatalWords | undefined {
  const memory = lastMatch(stderrTail, MEMORY)
  return memory === undefined ? undefined : { reason: memory[1] ?? memory[2] ?? '', line: memory[0].trim() }
}

/** The last of what V8 had collected before it gave up: how much there was before and after. */
export function lastCollections(stderrTail: string): readonly string[] {
  const lines = stderrTail.split('\n')
  const from = lines.findLastIndex((line) => COLLECTIONS.test(line))
  if (from === -1) return []
  const rest = lines.slice(from + 1)
  const to = rest.findIndex((line) => AFTER_COLLECTIONS.test(line))
  const collections = rest
    .slice(0, to === -1 ? undefined : to)
    .flatMap((line) => COLLECTION.exec(line)?.[0].trim() ?? [])
  return collections.slice(-MOST_COLLECTIONS)
}

/** What the error says that ended a process, in a line; `undefined` where none did. */
export function exceptionWords(stderrTail: string): string | undefined {
  if (!NODE_VERSION.test(stderrTail)) return undefined
  const [message] = stackStart(stderrTail)
  return message
}

/** The message of the last error, and its first frames; empty where there is none. */
export function stackStart(stderrTail: string): readonly string[] {
  const lines = stderrTail.split(/\r?\n/)
  const frame = lines.findLastIndex((line, index) => FRAME.test(line) && !FRAME.test(lines[index - 1] ?? ''))
  const caret = lines.findLastIndex((line) => CARET.test(line))
  const first =
    caret === -1 ? messageAbove(lines, frame) : lines.findIndex((line, at) => at > caret && line.trim() !== '')
  if (first === -1) return []
  const frames = frame > first ? lines.slice(frame).filter((line, at) => at < MOST_FRAMES && FRAME.test(line)) : []
  return [lines[first] ?? '', ...frames].map((line) => line.trimEnd())
}

/** A message may have several lines, and stands below an empty one or at the beginning. */
function messageAbove(lines: readonly string[], frame: number): number {
  if (frame === -1) return -1
  const empty = lines.slice(0, frame).findLastIndex((line) => line.trim() === '')
  return empty + 1 < frame ? empty + 1 : -1
}

function lastMatch(text: string, pattern: RegExp): RegExpExecArray | undefined {
  return [...text.matchAll(new RegExp(pattern.source, `${pattern.flags}g`))].at(-1)
}
