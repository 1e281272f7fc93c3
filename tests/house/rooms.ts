/**
 * The rooms of packages/perf-kit/src, in rows, as docs/architecture.md tells: a room may import from rooms in the rows
 * above it, never from its own row or below. The dependency rules are made from this table.
 */
export const ROWS: readonly (readonly string[])[] = [
  ['units', 'errors'],
  ['clock', 'stats'],
  ['run'],
  ['config'],
  ['target'],
  ['protocol'],
  ['load', 'bench', 'memory'],
  ['latency', 'throughput', 'soak'],
  ['baseline'],
  ['report'],
  ['cluster'],
  ['vitest', 'cli'],
]

export const ROOMS: readonly string[] = ROWS.flat()

/** Doors of a public subpath that are not a room's `index.ts`, relative to `src`: for users' files, not for rooms. */
export const AUTHORING_DOOR = 'config/authoring.ts'

/** The measured process: what it loads is heap and code beside the benchmark's own, so it may load next to nothing. */
export const FORK_FOLDER = 'bench/fork'

/** What the measured process may load besides itself and Node: the clock, and the two engines. */
export const FORK_ROOMS: readonly string[] = ['clock']
export const FORK_PACKAGES: readonly string[] = ['tinybench', 'mitata']

/** Loaded into whatever is measured, before it: itself and Node, and nothing else. */
export const AGENT_FOLDER = 'target/agent'

/** A process's entry may read its arguments, write and exit. Everything else leaves that to these. */
export const PROCESS_ENTRIES: readonly string[] = [
  'cli/',
  'bench/fork/main.ts',
  'bench/fork/messages.ts',
  'load/engines/autocannon/main.ts',
  'target/agent/main.ts',
]
