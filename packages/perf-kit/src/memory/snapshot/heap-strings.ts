import type { IdSet } from './id-set.ts'
import type { HeapSnapshot } from './read-snapshot.ts'

/** A text that strings of a heap have. It may be a secret. */
export interface HeapString {
  /** V8 writes the first 1024 characters; the first of them */
  readonly text: string
  /** so many strings */
  readonly count: number
  readonly selfBytes: number
}

const MOST_STRINGS = 20
const MOST_CHARACTERS = 200

/**
 * The texts with most memory.
 *
 * @param snapshot - read with all strings
 * @param except - strings that were there before
 */
export function largestStrings({ nodes, layout, strings }: HeapSnapshot, except?: IdSet): HeapString[] {
  const type = layout.nodeTypes.indexOf('string')
  const counts = new Uint32Array(strings.count)
  const sizes = new Float64Array(strings.count)
  for (let index = 0; index < nodes.count; index++) {
    if (nodes.types[index] !== type || except?.has(nodes.ids[index] ?? 0) === true) continue
    const name = nodes.names[index] ?? 0
    counts[name] = (counts[name] ?? 0) + 1
    sizes[name] = (sizes[name] ?? 0) + nodes.selfBytes(index)
  }
  return largestOf(sizes).map((name) => ({
    text: [...strings.text(name)].slice(0, MOST_CHARACTERS).join(''),
    count: counts[name] ?? 0,
    selfBytes: sizes[name] ?? 0,
  }))
}

/** Places of the largest values, without sorting millions. */
function largestOf(values: Float64Array): number[] {
  const places: number[] = []
  let least = 0
  for (const [place, value] of values.entries()) {
    if (value <= least) continue
    places.push(place)
    if (places.length < 2 * MOST_STRINGS) continue
    places.sort((left, right) => (values[right] ?? 0) - (values[left] ?? 0)).length = MOST_STRINGS
    least = values[places.at(-1) ?? 0] ?? 0
  }
  return places.sort((left, right) => (values[right] ?? 0) - (values[left] ?? 0)).slice(0, MOST_STRINGS)
}
