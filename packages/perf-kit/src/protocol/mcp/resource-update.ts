import { isObject, type JsonObject } from './json-messages.ts'

/**
 * Where a publisher that wants its deliveries measured says when it published, and what number that was: a member of a
 * notification's `_meta`, `{ atNs, sequence }`. `atNs` is on the monotonic clock of the machine (`process.hrtime`), which all its
 * processes share; `sequence` counts up by one for each update of one resource.
 */
const PUBLISHED = 'perf-kit/published'

export interface ResourceUpdate {
  readonly uri: string
  /** absent: the publisher does not say */
  readonly published?: { readonly atNs: number; readonly sequence: number }
}

/** @returns `undefined` for another message */
export function readResourceUpdate({ method, params }: JsonObject): ResourceUpdate | undefined {
  if (method !== 'notifications/resources/updated' || !isObject(params)) return undefined
  const { uri, _meta: meta } = params
  if (typeof uri !== 'string') return undefined
  const published = isObject(meta) ? meta[PUBLISHED] : undefined
  if (!isObject(published)) return { uri }
  const { atNs, sequence } = published
  if (typeof atNs !== 'number' || !Number.isFinite(atNs) || !isSequence(sequence)) return { uri }
  return { uri, published: { atNs, sequence } }
}

function isSequence(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
