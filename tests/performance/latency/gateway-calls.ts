import { RawClient } from '../../../packages/gateway/test/system/raw-client.ts'

/** Where the gateway says that the time of one call went, and what the caller saw; ms, as the header has it. */
export interface TimedCall {
  readonly wholeMs: number
  readonly partsMs: ReadonlyMap<string, number>
}

export interface CallKind {
  readonly tool: string
  readonly args: object
}

/** Call each kind in turn, so that a machine that gets slower for a while slows all of them alike. */
export async function callInTurn<Name extends string>(
  url: string,
  kinds: Readonly<Record<Name, CallKind>>,
  rounds: number,
): Promise<(name: Name) => readonly TimedCall[]> {
  const client = await RawClient.initialize(url)
  const entries = Object.entries<CallKind>(kinds)
  const calls = new Map(entries.map(([name]) => [name, [] as TimedCall[]]))
  // The first round opens connections and compiles code.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, kind] of entries) {
      const call = await timeCall(client, kind)
      if (round > 0) calls.get(name)?.push(call)
    }
  }
  return (name) => calls.get(name) ?? []
}

async function timeCall(client: RawClient, { tool, args }: CallKind): Promise<TimedCall> {
  const startMs = performance.now()
  const { headers } = await client.call('timed', tool, args)
  const wholeMs = performance.now() - startMs
  return { wholeMs, partsMs: readServerTiming(headers.get('server-timing') ?? '') }
}

/** `parse;dur=0.082, route;dur=0.062` */
function readServerTiming(header: string): ReadonlyMap<string, number> {
  const entries = [...header.matchAll(/([a-z]+);dur=([\d.]+)/g)]
  return new Map(entries.map(([, part = '', durationMs]) => [part, Number(durationMs)]))
}

export function sumOfParts({ partsMs }: TimedCall): number {
  return [...partsMs.values()].reduce((sum, partMs) => sum + partMs, 0)
}

/** Median over calls; NaN when a call does not have the part, so that no comparison holds. */
export function medianPart(calls: readonly TimedCall[], part: string): number {
  const sorted = calls.map(({ partsMs }) => partsMs.get(part) ?? Number.NaN).toSorted((left, right) => left - right)
  return sorted.some(Number.isNaN) ? Number.NaN : (sorted[sorted.length >> 1] ?? Number.NaN)
}
