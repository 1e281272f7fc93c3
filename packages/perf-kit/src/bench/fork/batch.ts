import type { BenchDefinition } from '../../config/index.ts'

/** Runs `iterations` calls, numbered from `firstIteration`; the last result goes to a sink outside. */
export type SyncBatch = (iterations: number, firstIteration: number) => void
export type AsyncBatch = (iterations: number, firstIteration: number) => Promise<void>

export type Batch =
  | { readonly kind: 'sync'; readonly run: SyncBatch }
  | { readonly kind: 'async'; readonly run: AsyncBatch }

/** Results end here: a store that V8 must keep, because anyone might read it. */
const sink: { value: unknown } = { value: undefined }

/**
 * Code made anew for each function, so that the loop and its type feedback belong to that function alone and V8 can
 * inline it as it would in the user's own loop (mitata does the same). No text of the user's enters it.
 */
function compileSync(fn: BenchDefinition['fn'], state: unknown): SyncBatch {
  const make = new Function(
    'fn',
    'state',
    'sink',
    `return function batch(iterations, firstIteration) {
      const end = firstIteration + iterations
      for (let iteration = firstIteration; iteration < end; iteration++) sink.value = fn(state, iteration)
    }`,
  )
  return make(fn, state, sink)
}

function compileAsync(fn: BenchDefinition['fn'], state: unknown): AsyncBatch {
  const make = new Function(
    'fn',
    'state',
    'sink',
    `return async function batch(iterations, firstIteration) {
      const end = firstIteration + iterations
      for (let iteration = firstIteration; iteration < end; iteration++) sink.value = await fn(state, iteration)
    }`,
  )
  return make(fn, state, sink)
}

/** A promise, or what awaits like one. Looking must not throw, whatever a benchmark returns (a revoked proxy does). */
function isThenable(value: unknown): boolean {
  try {
    return (
      ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
      typeof (value as { then?: unknown }).then === 'function'
    )
  } catch {
    return false
  }
}

/** Call once to see whether the function is async, and make the loop that suits it. */
export async function makeBatch(fn: BenchDefinition['fn'], state: unknown): Promise<Batch> {
  const first = fn(state, 0)
  if (!isThenable(first)) return { kind: 'sync', run: compileSync(fn, state) }
  await first
  return { kind: 'async', run: compileAsync(fn, state) }
}

/** The same loop around a function that does nothing. */
export function makeEmptyBatch(kind: Batch['kind']): Batch {
  return kind === 'sync'
    ? { kind, run: compileSync((_state, iteration) => iteration, undefined) }
    : { kind, run: compileAsync(async (_state, iteration) => iteration, undefined) }
}
