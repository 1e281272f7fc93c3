import { LoadGenerator, type LoadOptions, type LoadResult } from '../../src/load/index.ts'

const NS_PER_MS = 1e6

/** A short closed loop of two clients, unless told otherwise; patient, because the machine may be busy. */
export async function drive(
  url: string,
  options: Partial<LoadOptions> = {},
  signal?: AbortSignal,
): Promise<LoadResult> {
  const generator = new LoadGenerator({
    url,
    loop: 'closed',
    phases: steady(2, 300),
    timeoutNs: 10_000 * NS_PER_MS,
    ...options,
  })
  return await generator.run(signal)
}

export function steady(level: number, durationMs: number): LoadOptions['phases'] {
  return [{ from: level, to: level, durationNs: durationMs * NS_PER_MS }]
}

/** So many requests over one connection, however busy the machine is: at 100 a second. */
export function inTurn(requests: number): Pick<LoadOptions, 'loop' | 'phases' | 'maxConnections'> {
  return { loop: 'open', phases: steady(100, 10 * requests), maxConnections: 1 }
}

export function outcomesOf({ outcomes }: LoadResult): string[] {
  return [...outcomes.keys()].toSorted()
}

/** For a Run that nobody compares with another. */
export const FACTS = {
  suite: 'load',
  subject: 'all',
  configuration: 'default',
  startedAt: new Date(0),
  durationNs: 1e9,
  source: { commit: null, dirty: false },
}
