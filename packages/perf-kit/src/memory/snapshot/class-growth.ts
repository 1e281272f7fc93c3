import { classKey, type HeapClass, type HeapSummary } from './heap-classes.ts'
import { type RequestMultiple, requestMultiple } from './request-multiple.ts'

/** A class in each of some snapshots. */
export interface ClassGrowth {
  readonly type: string
  readonly name: string
  /** how many objects, snapshot by snapshot */
  readonly counts: readonly number[]
  /** their own memory in bytes, snapshot by snapshot */
  readonly selfBytes: readonly number[]
  /** more objects in each snapshot than in the one before */
  readonly growsEachStep: boolean
  /** what each request seems to leave behind; of classes that programs make, not of V8's own */
  readonly leak?: RequestMultiple
}

/** V8 makes and drops these for reasons of its own. */
const OF_V8: ReadonlySet<string> = new Set(['hidden', 'code', 'synthetic', 'object shape'])

/**
 * Classes that have changed, those that explain themselves by requests first, then those that grow at each step, then by bytes.
 *
 * @param summaries - two or more, in the order in which they were taken
 * @param requests - how many were made between each and the next
 */
export function growthOf(summaries: readonly HeapSummary[], requests?: number): ClassGrowth[] {
  const found = new Map<string, HeapClass[]>()
  for (const [at, { classes }] of summaries.entries()) {
    for (const each of classes) {
      const key = classKey(each)
      const row = found.get(key) ?? summaries.map(() => ({ type: each.type, name: each.name, count: 0, selfBytes: 0 }))
      row[at] = each
      found.set(key, row)
    }
  }
  return [...found.values()]
    .map((row) => toGrowth(row, requests))
    .filter(({ counts, selfBytes }) => hasChanged(counts) || hasChanged(selfBytes))
    .toSorted(byWeight)
}

/** By how much the last is more than the first. */
export function growthIn(values: readonly number[]): number {
  return (values.at(-1) ?? 0) - (values[0] ?? 0)
}

/** What each is more than the one before. */
export function stepsOf(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - (values[index] ?? 0))
}

function toGrowth(row: readonly HeapClass[], requests: number | undefined): ClassGrowth {
  const { type = '', name = '' } = row[0] ?? {}
  const counts = row.map(({ count }) => count)
  const steps = stepsOf(counts)
  const leak = requests === undefined || OF_V8.has(type) ? undefined : requestMultiple(steps, requests)
  return {
    type,
    name,
    counts,
    selfBytes: row.map(({ selfBytes }) => selfBytes),
    growsEachStep: steps.every((growth) => growth > 0),
    ...(leak === undefined ? {} : { leak }),
  }
}

function hasChanged(values: readonly number[]): boolean {
  return values.some((value) => value !== values[0])
}

function byWeight(left: ClassGrowth, right: ClassGrowth): number {
  return (
    certaintyOf(right) - certaintyOf(left) ||
    Number(right.growsEachStep) - Number(left.growsEachStep) ||
    growthIn(right.selfBytes) - growthIn(left.selfBytes) ||
    growthIn(right.counts) - growthIn(left.counts)
  )
}

function certaintyOf({ leak }: ClassGrowth): number {
  return leak === undefined ? 0 : leak.fit === 'about' ? 1 : 2
}
