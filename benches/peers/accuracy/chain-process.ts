/**
 * One process of another tool, or of the truth, on one chain; prints ns per call.
 *
 * Usage: node chain-process.ts <truth|tinybench|mitata> <length>
 */
import { measure } from 'mitata'
import { Bench } from 'tinybench'
import { makeChain, newChainState } from './chain.ts'

const NS_PER_MS = 1e6
const TINYBENCH_MS = 250
const TRUTH_READINGS = 120
const TRUTH_CALLS = 16

const [tool = '', length = ''] = process.argv.slice(2)
const chain = makeChain(Number(length))
const state = newChainState()

/** As its README shows: each call timed by itself. The median, which is kinder to it than the mean. */
async function plainTinybench(): Promise<number> {
  const bench = new Bench({ time: TINYBENCH_MS })
  bench.add('chain', () => chain(state, 0))
  await bench.run()
  const result = bench.tasks[0]?.result
  if (result?.state !== 'completed') throw new Error(`tinybench ended in state ${result?.state ?? 'unknown'}`)
  return result.latency.p50 * NS_PER_MS
}

async function plainMitata(): Promise<number> {
  const { p50 } = await measure(() => chain(state, 0))
  return p50
}

/**
 * No tool: a millisecond of calls, beside which the clock is nothing. The first half is for V8 to compile. A single call
 * of a millisecond would not do: after 300 of them V8 still runs code of its middle tier, which is 4 % slower (measured).
 */
function truth(): number {
  const timesPerCallNs: number[] = []
  for (let reading = 0; reading < TRUTH_READINGS; reading++) {
    const startNs = process.hrtime.bigint()
    for (let call = 0; call < TRUTH_CALLS; call++) chain(state, call)
    timesPerCallNs.push(Number(process.hrtime.bigint() - startNs) / TRUTH_CALLS)
  }
  const settled = timesPerCallNs.slice(TRUTH_READINGS / 2).sort((left, right) => left - right)
  return settled[settled.length >> 1] ?? Number.NaN
}

const tools = new Map<string, () => number | Promise<number>>([
  ['truth', truth],
  ['tinybench', plainTinybench],
  ['mitata', plainMitata],
])
const timePerCallNs = await tools.get(tool)?.()
process.stdout.write(JSON.stringify(timePerCallNs))
