import type { EndedRequests } from './memory-sample.ts'

/** Load whose requests are counted: a `LoadGenerator` is one. */
export interface CountedLoad {
  /** when its schedule begins, on the clock of `process.hrtime` */
  readonly began: Promise<number>
  readonly result: {
    readonly plan: { readonly warmupNs: number }
    readonly finished: number
    readonly measuredNs: number
  }
}

/** What is known of requests at a time. @param atNs - the time */
export type RequestCount = (atNs: number) => EndedRequests | null

/** Counts come a second at a time, and each tells until when it counts. */
export function countOfLoad({ began, result }: CountedLoad): RequestCount {
  let fromNs: number | undefined
  void began.then((atNs) => {
    fromNs = atNs + result.plan.warmupNs
  })
  return () => (fromNs === undefined ? null : { count: result.finished, atNs: fromNs + result.measuredNs })
}

export function countOfFunction(requests: () => number): RequestCount {
  return (atNs) => {
    const count = requests()
    return Number.isFinite(count) ? { count, atNs } : null
  }
}
