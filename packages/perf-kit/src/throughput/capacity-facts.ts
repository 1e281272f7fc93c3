import type { CapacityTrial, Run, RunNote } from '../run/index.ts'
import type { CapacitySearch } from './capacity-search.ts'
import type { CapacitySettings } from './capacity-settings.ts'
import type { Ending } from './search-ending.ts'

/** What a search has come to, before it is a Run. */
export interface CapacityFacts {
  readonly suite: string
  readonly configuration: string
  readonly source: Run['source']
  readonly startedAt: Date
  readonly durationNs: number
  readonly subject: string
  readonly settings: CapacitySettings
  readonly search: CapacitySearch
  readonly trials: readonly CapacityTrial[]
  readonly ending: Ending
  /** on what is told of the target's inside */
  readonly notes: readonly RunNote[]
  /** after which the target did not become as quick again as it had been */
  readonly slowAfterPerSec?: number
}
