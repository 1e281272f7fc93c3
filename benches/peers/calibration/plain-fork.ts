/**
 * One process of the methods that we are compared with: plain tinybench on one benchmark, each call timed by itself, as
 * its documentation shows and as vitest's bench mode does; then the median of batch means in the same process.
 *
 * Usage: node plain-fork.ts <bench file> <name> <args as JSON>
 */
import { pathToFileURL } from 'node:url'
import type { BenchDefinition } from '@gw/perf-kit/config'
import { Bench } from 'tinybench'
import type { PlainFork } from './record.ts'

const TINYBENCH_MS = 150
const BATCH_NS = 1e6
const BATCHES = 100

const [file = '', name = '', argsText = '{}'] = process.argv.slice(2)
const module: { default: BenchDefinition | readonly BenchDefinition[] } = await import(pathToFileURL(file).href)
const definition = [module.default].flat().find((candidate) => candidate.name === name)
if (definition === undefined) throw new Error(`${file} holds no benchmark "${name}"`)
const { fn, setup } = definition
const args = JSON.parse(argsText)
const state = setup === undefined ? args : await setup(args)

let iteration = 0
const bench = new Bench({ time: TINYBENCH_MS })
bench.add(name, () => fn(state, iteration++))
await bench.run()
const result = bench.tasks[0]?.result
if (result?.state !== 'completed') throw new Error(`tinybench ended in state ${result?.state ?? 'unknown'}`)

const isAsync = fn(state, iteration++) instanceof Promise
let kept: unknown
async function runBatch(calls: number): Promise<number> {
  const startNs = process.hrtime.bigint()
  if (isAsync) for (let call = 0; call < calls; call++) kept = await fn(state, iteration++)
  else for (let call = 0; call < calls; call++) kept = fn(state, iteration++)
  return Number(process.hrtime.bigint() - startNs) / calls
}

const calls = Math.max(1, Math.round(BATCH_NS / (result.latency.p50 * 1e6)))
const batchMeansNs: number[] = []
for (let batch = 0; batch < BATCHES; batch++) batchMeansNs.push(await runBatch(calls))
batchMeansNs.sort((left, right) => left - right)

const fork: PlainFork = {
  meanNs: result.latency.mean * 1e6,
  rmeRatio: result.latency.rme / 100,
  batchMedianNs: batchMeansNs[BATCHES / 2] ?? Number.NaN,
}
process.stdout.write(JSON.stringify(fork))
process.exit(kept === file ? 1 : 0)
