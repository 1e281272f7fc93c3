/** What an experiment may use: where to tell progress, and when to stop. */
export interface ExperimentContext {
  readonly say: (line: string) => void
  readonly signal: AbortSignal
  /** of experiments whose records add up: how many to make now; absent: as many as each makes by itself */
  readonly runs?: number
}

/** A promise of the documentation, and what was measured of it. */
export interface PromiseCheck {
  readonly promise: string
  readonly figure: string
  /** how far the figure moved between repetitions */
  readonly spread: string
  readonly kept: boolean
}

export interface ExperimentResult {
  readonly promises: readonly PromiseCheck[]
  /** tables for people */
  readonly text: string
  /** all that was read, for whoever wants to judge by other rules */
  readonly data: unknown
}

export type Experiment = (context: ExperimentContext) => Promise<ExperimentResult>
