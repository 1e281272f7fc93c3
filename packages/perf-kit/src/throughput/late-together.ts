import type { LoadResult } from '../load/index.ts'
import { designEffect } from '../stats/index.ts'

const STRETCHES = 10

/**
 * How many requests that took too long tell as much as one that did so by itself. Behind a pause, or in a queue that was long for a
 * moment, many are late for one reason: a trial sees that reason once or twice, or not at all.
 *
 * @returns 1 or more
 */
export function lateTogether({ sample, response }: LoadResult, limitNs: number): number {
  if (sample.length < STRETCHES) return 1
  const inOrder = sample.toSorted((left, right) => left.intendedNs - right.intendedNs)
  const edges = Array.from({ length: STRETCHES + 1 }, (_, index) => Math.round((index * inOrder.length) / STRETCHES))
  const stretches = edges.slice(1).map((to, index) => {
    const own = inOrder.slice(edges[index], to)
    return { beyond: own.filter(({ intendedNs, endNs }) => endNs - intendedNs > limitNs).length, of: own.length }
  })
  // Of requests that were passed over, fewer come from the same bunch.
  const passedOver = Math.max(1, response.totalCount / sample.length)
  return 1 + (designEffect(stretches) - 1) * passedOver
}
