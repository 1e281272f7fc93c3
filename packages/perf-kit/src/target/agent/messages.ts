/**
 * What the agent in a target and its clients say to each other: one line of JSON each, over a Unix socket. A client says
 * `hello` with the token first; then it asks, and each answer has the id of its question.
 */

export const AGENT_VERSION = 1

/** Where sockets are made: a folder that only its owner may enter. */
export const FOLDER_VARIABLE = 'PERF_KIT_AGENT_FOLDER'
export const TOKEN_VARIABLE = 'PERF_KIT_AGENT_TOKEN'
/** Set: V8 is to keep functions apart, so that it can tell which of them has allocated something. */
export const WHOLE_STACKS_VARIABLE = 'PERF_KIT_AGENT_WHOLE_STACKS'

export const SOCKET_SUFFIX = '.sock'

/**
 * Between two looks at the event loop. Each wakes an idle process up, for 7 to 15 µs: at 10 ms that is 0.25 % of a processor, at 1 ms
 * 1.5 %. In a busy loop, which turns anyway, neither is to be seen. A stall can look shorter by as much.
 */
export const DELAY_RESOLUTION_MS = 10

/** Pauses that nobody has asked for: more are counted and forgotten. A busy process collects a hundred times a second. */
export const MOST_PAUSES = 10_000

/** How late a look has to come to be a stall: those of 15 ms or more are all seen, shorter ones at times. */
export const SHORTEST_STALL_MS = 5

/** Stalls that nobody has asked for: more are counted and forgotten. There is one in 15 ms at most. */
export const MOST_STALLS = 2_000

/** Full collections that nobody has asked for: more are counted and forgotten. A process that has ten a second does little else. */
export const MOST_COLLECTIONS = 1_000

/** Nobody has more to ask. */
export const LONGEST_QUESTION_BYTES = 4_096
/** Several times what so many pauses and stalls take. */
export const LONGEST_ANSWER_BYTES = 2 ** 22

/** Stacks that a profile of allocations tells of: those with most bytes. */
export const MOST_STACKS = 2_000
/** Of each stack, its innermost functions. */
export const MOST_FRAMES = 32
/** Code may come from a `data:` URL, which has all of it. */
export const LONGEST_TEXT_CHARS = 1_000

export type Asked = 'hello' | 'sample' | 'heap' | 'heapEnd' | 'handles' | 'collect' | 'allocations' | 'snapshot'

/** What `allocations` is to do. */
export type AllocationStep = 'start' | 'profile' | 'stop'

export interface Question {
  readonly v: number
  readonly id: number
  readonly ask: Asked
  /** of `hello` */
  readonly token?: string
  /** of `sample`: `delaySoFar` begins anew after it; of `heap`: collections before it are not told */
  readonly restart?: boolean
  /** of `allocations` */
  readonly step?: AllocationStep
  /** of `allocations` that start: one object is noted in so many bytes that are allocated, on average */
  readonly intervalBytes?: number
  /** of `allocations` that start: what has become garbage is told as well */
  readonly withGarbage?: boolean
  /** of `snapshot`: a file's name, in the folder of the sockets */
  readonly file?: string
}

export type Answer =
  | { readonly v: number; readonly id: number; readonly ok: unknown }
  | { readonly v: number; readonly id: number | null; readonly error: Refusal }

export interface Refusal {
  readonly code: 'TOKEN' | 'VERSION' | 'QUESTION' | 'TOO_LONG' | 'NO_GC' | 'FAILED'
  readonly message: string
}

/** To `hello`: which process this is. */
export interface AgentIdentity {
  readonly pid: number
  readonly parentPid: number
  readonly nodeVersion: string
  /** file name of what it runs; arguments may hold secrets, and stay where they are */
  readonly script: string
  /** TCP ports that it listens on now, as far as Node tells of them */
  readonly ports: readonly number[]
  /** whether it listens on any TCP port */
  readonly listens: boolean
  /** what V8 lets the main thread's heap grow to, its young generation included */
  readonly heapLimitBytes: number
  /** what it lets the old generation grow to (`--max-old-space-size`), at which it gives up; the same as above where nobody has said it */
  readonly oldLimitBytes: number
}

/**
 * To `sample`. Times are those of `process.hrtime`: on Linux and macOS it is one clock for all processes of a machine.
 * What a client can subtract is counted since the process began; the rest since this client's last sample.
 */
export interface AgentSample {
  /** when this client's last sample was taken; the same as `atNs` in its first one */
  readonly fromNs: number
  readonly atNs: number
  readonly memory: AgentMemory
  /** of all the process's threads, since it began */
  readonly cpu: { readonly userNs: number; readonly systemNs: number; readonly involuntarySwitches: number }
  /** of the main thread, since it began; turns are null before Node 22.8 */
  readonly loop: { readonly idleNs: number; readonly activeNs: number; readonly turns: number | null }
  /** how late the main thread came to its timers, since the last sample */
  readonly delay: DelaySummary
  /** the same since the first sample, or the last that was asked to begin anew */
  readonly delaySoFar: DelaySummary
  /** of the main thread's heap, those that were told since the last sample, in the order of their beginnings */
  readonly pauses: readonly GcPause[]
  /** how many more there were than are kept */
  readonly pausesLost: number
  /** those that ended since the last sample, whatever they were spent on: pauses that were long enough among them */
  readonly stalls: readonly LoopStall[]
  /** how many more there were than are kept */
  readonly stallsLost: number
}

export interface AgentMemory {
  readonly rssBytes: number
  readonly heapTotalBytes: number
  readonly heapUsedBytes: number
  readonly externalBytes: number
  /** part of external */
  readonly arrayBuffersBytes: number
}

/** Looks at the event loop every `DELAY_RESOLUTION_MS`, and how late they came. */
export interface DelaySummary {
  readonly count: number
  readonly meanNs: number
  readonly p50Ns: number
  readonly p99Ns: number
  readonly maxNs: number
}

export type GcKind = 'minor' | 'major' | 'incremental' | 'weakCallbacks' | 'other'

/** The main thread stood still for its garbage collector. */
export interface GcPause {
  readonly kind: GcKind
  readonly startNs: number
  readonly durationNs: number
}

/** The main thread came to no timer: it ran something long, collected garbage, or had no processor. */
export interface LoopStall {
  readonly startNs: number
  readonly durationNs: number
}

/** To `heap`: what the process keeps. The first one begins the watch for collections, and `heapEnd` ends it. */
export interface HeapSample {
  readonly atNs: number
  readonly memory: AgentMemory
  /** used by all that is not young: garbage among it that no full collection has come to yet */
  readonly oldBytes: number
  /** of the `process` object */
  readonly listeners: number
  /** threads that the application has started so far, each with a heap of its own */
  readonly workers: number
  /** what keeps the event loop alive, by kind; `null` in samples that do not count it, because that takes long */
  readonly resources: Readonly<Record<string, number>> | null
  /** those since this client's last sample, in their order */
  readonly collections: readonly CollectedHeap[]
  /** how many more there were than are kept */
  readonly collectionsLost: number
  /** for how long the main thread stood still for this sample */
  readonly tookNs: number
}

/** What a full collection has left, as it was read a moment after it. */
export interface CollectedHeap {
  /** when it had ended */
  readonly endNs: number
  /** when this was read */
  readonly atNs: number
  readonly memory: AgentMemory
  readonly oldBytes: number
}

/** To `allocations` that are to tell: what was allocated since they started and is there (or also what was), by who has allocated it. */
export interface AllocationProfile {
  readonly atNs: number
  /** functions that stacks are made of */
  readonly frames: readonly AllocationFrame[]
  /** those with most bytes */
  readonly stacks: readonly AllocationStack[]
  /** of all stacks that are left out */
  readonly otherBytes: number
  /** for how long the main thread stood still for this */
  readonly tookNs: number
}

/** A function. V8 tells where it begins, not the line in it. */
export interface AllocationFrame {
  /** empty for one that has none */
  readonly name: string
  /** a path, or a URL; `node:…` for Node's own, empty for V8's own */
  readonly url: string
  /** from 1 */
  readonly line: number
  /** from 1 */
  readonly column: number
}

/** What one stack has allocated, as far as is known from the objects that were noted, each of which stands for many. */
export interface AllocationStack extends AllocationSums {
  /** numbers of its functions, the innermost first */
  readonly frames: readonly number[]
  /** of what was allocated since the last profile */
  readonly newer: AllocationSums
}

export interface AllocationSums {
  /** objects that were noted */
  readonly noted: number
  /** bytes that these stand for */
  readonly bytes: number
  /** of `bytes`, by the chance of what was noted */
  readonly variance: number
  /** bytes that the largest of them stands for */
  readonly largest: number
}

/** To `snapshot`. */
export interface WrittenSnapshot {
  readonly file: string
  /** for how long the main thread stood still for it */
  readonly tookNs: number
}
