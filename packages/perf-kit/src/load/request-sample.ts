/** Requests that were drawn from all of a thread's, by column; times in ns on the clock of `process.hrtime`. */
export interface SampleColumns {
  /** how many requests they stand for */
  readonly drawnFrom: number
  readonly intendedNs: Float64Array
  /** when the generator came to it: later than intended is its own delay */
  readonly takenNs: Float64Array
  readonly sentNs: Float64Array
  readonly headNs: Float64Array
  readonly endNs: Float64Array
  /** what the target said it took its time for, by the name it gave; NaN where it said nothing of it */
  readonly timings: Readonly<Record<string, Float64Array>>
}

/** One request of a sample. Times as in `SampleColumns`. */
export interface SampledRequest {
  readonly intendedNs: number
  readonly takenNs: number
  readonly sentNs: number
  readonly headNs: number
  readonly endNs: number
  readonly timings: ReadonlyMap<string, number>
  /** how many requests it stands for */
  readonly weight: number
}

/** The samples of all threads, each request with the weight that its thread's share in the whole gives it. */
export function sampledRequests(samples: readonly SampleColumns[]): SampledRequest[] {
  return samples.flatMap(({ drawnFrom, timings, ...times }) =>
    Array.from(times.endNs, (endNs, index) => ({
      intendedNs: times.intendedNs[index] ?? Number.NaN,
      takenNs: times.takenNs[index] ?? Number.NaN,
      sentNs: times.sentNs[index] ?? Number.NaN,
      headNs: times.headNs[index] ?? Number.NaN,
      endNs,
      timings: timingsAt(timings, index),
      weight: drawnFrom / times.endNs.length,
    })),
  )
}

function timingsAt(timings: SampleColumns['timings'], index: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const [name, values] of Object.entries(timings)) {
    const durationNs = values[index]
    if (durationNs !== undefined && !Number.isNaN(durationNs)) found.set(name, durationNs)
  }
  return found
}
