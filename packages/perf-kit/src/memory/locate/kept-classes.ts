import { type ClassGrowth, growthIn, stepsOf } from '../snapshot/class-growth.ts'
import type { HeapDiff } from '../snapshot/heap-diff.ts'
import { requestMultiple } from '../snapshot/request-multiple.ts'

/** A class of which there are more objects, or longer ones, in each snapshot than in the one before. */
export interface KeptClass {
  readonly type: string
  readonly name: string
  readonly objectsPerRequest: number
  /** their own, without what they refer to */
  readonly bytesPerRequest: number
  /** each request seems to leave the same whole number of them behind */
  readonly isMultiple: boolean
}

/** V8 makes and drops these for reasons of its own. */
const OF_V8: ReadonlySet<string> = new Set(['hidden', 'code', 'synthetic', 'object shape'])
const MOST_CLASSES = 5
/** Less comes and goes with anything. */
const LEAST_BYTES = 1

/** @param requests - that were made between each snapshot and the next, one number less than there are snapshots */
export function keptClasses({ classes }: HeapDiff, requests: readonly number[]): readonly KeptClass[] {
  return classes
    .filter(({ growsEachStep, selfBytes, type }) => (growsEachStep || growsInBytes(selfBytes)) && !OF_V8.has(type))
    .map((growth) => toKept(growth, requests))
    .filter(({ bytesPerRequest, isMultiple }) => isMultiple || bytesPerRequest >= LEAST_BYTES)
    .sort((left, right) => right.bytesPerRequest - left.bytesPerRequest)
    .slice(0, MOST_CLASSES)
}

/** The same lists, ever longer. */
function growsInBytes(selfBytes: readonly number[]): boolean {
  return stepsOf(selfBytes).every((growth) => growth > 0)
}

function toKept({ type, name, counts, selfBytes }: ClassGrowth, requests: readonly number[]): KeptClass {
  const all = requests.reduce((sum, count) => sum + count, 0)
  return {
    type,
    name,
    objectsPerRequest: growthIn(counts) / all,
    bytesPerRequest: growthIn(selfBytes) / all,
    isMultiple: isMultiple(stepsOf(counts), requests),
  }
}

/** The same whole number of objects for each request, at each step: that there were not as many of them each time makes chance rarer still. */
function isMultiple(steps: readonly number[], requests: readonly number[]): boolean {
  const multiples = steps.map((growth, index) => requestMultiple([growth], requests[index] ?? 0))
  const [first] = multiples
  return multiples.every((each) => each?.fit === 'exact' && each.perRequest === first?.perRequest)
}
