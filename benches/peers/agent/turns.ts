import { median, medianInterval } from '@gw/perf-kit'
import type { PromiseCheck } from '../experiment.ts'
import { renderTable } from '../table.ts'
import type { Slice } from './driven-gateway.ts'

/** Drives a gateway for so long. */
export type Driver = (ms: number) => Promise<Slice>
export type Drivers = Readonly<Record<Side, Driver>>
export type Turn = Readonly<Record<Side, Slice>>

/** `plain` is what both others are held against; the second one without anything shows what chance does. */
const SIDES = ['plain', 'watched', 'second plain'] as const
type Side = (typeof SIDES)[number]

export const SLICE_MS = 1_000
const WARMUP_MS = 3_000
/** Requests a second that may be lost. */
const LIMIT_RATIO = 0.01

/** Three gateways for a second each, again and again. @param round - another one begins with another side */
export async function takeTurns(drivers: Drivers, count: number, round: number): Promise<readonly Turn[]> {
  for (const side of SIDES) await drivers[side](WARMUP_MS)
  const turns: Turn[] = []
  for (let turn = 0; turn < count; turn++) turns.push(await takeTurn(drivers, round + turn))
  return turns
}

async function takeTurn(drivers: Drivers, number: number): Promise<Turn> {
  const slices = new Map<Side, Slice>()
  // All six orders in turn: the machine may get slower within one.
  for (const side of orderOf(number)) slices.set(side, await drivers[side](SLICE_MS))
  const of = (side: Side): Slice => {
    const slice = slices.get(side)
    if (slice === undefined) throw new Error(`${side} was not driven`)
    return slice
  }
  return { plain: of('plain'), watched: of('watched'), 'second plain': of('second plain') }
}

function orderOf(number: number): readonly Side[] {
  const from = number % SIDES.length
  const rotated = [...SIDES.slice(from), ...SIDES.slice(0, from)]
  return number % 2 === 0 ? rotated : rotated.toReversed()
}

/** Whether what watches surely costs no more than it may: by the upper end of the interval, since a median alone would say so of twice as much now and then. */
export function costsLittle(promise: string, turns: readonly Turn[], rounds: number): PromiseCheck {
  const lost = turns.map((turn) => 1 - turn.watched.perSec / turn.plain.perSec)
  const { low, high } = medianInterval(lost)
  return {
    promise,
    figure: `${percent(median(lost))} lost${low <= LIMIT_RATIO && high > LIMIT_RATIO ? ', undecided' : ''}`,
    spread: `95 % of medians: ${percent(low)} to ${percent(high)}, ${turns.length} pairs of a second in ${rounds} rounds of processes`,
    kept: high <= LIMIT_RATIO,
  }
}

/** @param watched - what to call the side that is watched */
export function turnTable(turns: readonly Turn[], watched: string): string {
  const rows = SIDES.map((side) => {
    const slices = turns.map((turn) => turn[side])
    const ratios = (of: (slice: Slice) => number): readonly number[] =>
      turns.map((turn) => of(turn[side]) / of(turn.plain))
    return [
      side === 'watched' ? watched : side,
      `${(median(slices.map(({ perSec }) => perSec)) / 1e3).toFixed(2)} k/s`,
      ...(side === 'plain' ? ['1', ''] : interval(ratios(({ perSec }) => perSec))),
      `${(median(slices.map(({ cpuPerRequestNs }) => cpuPerRequestNs)) / 1e3).toFixed(1)} µs`,
      ...(side === 'plain' ? ['1', ''] : interval(ratios(({ cpuPerRequestNs }) => cpuPerRequestNs))),
    ]
  })
  return renderTable(['gateway', 'rate', 'ratio', '95 %', 'CPU a request', 'ratio', '95 %'], rows)
}

function interval(ratios: readonly number[]): readonly string[] {
  const { low, high } = medianInterval(ratios)
  return [median(ratios).toFixed(4), `${low.toFixed(4)} … ${high.toFixed(4)}`]
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(2)} %`
}

/** Fewer show whether it runs. */
export function numberFrom(variable: string, usual: number): number {
  const given = Number(process.env[variable])
  return Number.isInteger(given) && given > 0 ? given : usual
}
