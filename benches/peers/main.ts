/**
 * What the documentation promises about the tool itself, measured: docs/benchmarks.md.
 *
 *   pnpm bench:peers accuracy   a known cost, read by us, by plain tinybench and by mitata
 *   pnpm bench:peers scale      10 000 stored entries
 *   pnpm bench:peers overhead   the price of an import
 *   pnpm bench:peers cost       the price of a verdict
 *   pnpm bench:peers load       requests a second, beside autocannon, undici and wrk
 *   pnpm bench:peers truth      percentiles of a target that answers as scripted, beside autocannon, oha and wrk
 *   pnpm bench:peers punctuality  how late requests are sent that were due
 *   pnpm bench:peers calls      processor time of an MCP call, beside the official SDK's client
 *   pnpm bench:peers scaling     what two threads are worth
 *   pnpm bench:peers memory     memory of the generator over 10 million requests, and of a soak over eight hours
 *   pnpm bench:peers agent      what the agent in a target costs it
 *   pnpm bench:peers monitor    what a monitor of a target's memory costs it
 *   pnpm bench:peers snapshot   reading a heap snapshot, beside memlab
 *   pnpm bench:peers capacity --runs 10   searches for a capacity that is known; 0 sums up what has been recorded
 *   pnpm bench:peers all --record docs/data/peers.json
 *
 * Results on stdout, progress on stderr. Exit codes: 0 all promises kept · 1 one is not · 2 usage · 3 a measurement
 * failed · 130 interrupted.
 */
import { parseArgs } from 'node:util'
import { didYouMean, EXIT, PerfKitError } from '@gw/perf-kit'
import { accuracy } from './accuracy/accuracy.ts'
import { agent } from './agent/agent.ts'
import { capacity } from './capacity/capacity.ts'
import { cost } from './cost/cost.ts'
import type { Experiment, ExperimentContext } from './experiment.ts'
import { calls } from './load/calls.ts'
import { memory } from './load/memory.ts'
import { punctuality } from './load/punctuality.ts'
import { scaling } from './load/scaling.ts'
import { load } from './load/speed.ts'
import { truth } from './load/truth.ts'
import { monitor } from './monitor/monitor.ts'
import { overhead } from './overhead/overhead.ts'
import { type RecordedResult, toRecord, writeRecord } from './record.ts'
import { renderResult } from './render-result.ts'
import { scale } from './scale/scale.ts'
import { snapshot } from './snapshot/snapshot.ts'

const EXPERIMENTS: ReadonlyMap<string, Experiment> = new Map([
  ['accuracy', accuracy],
  ['scale', scale],
  ['overhead', overhead],
  ['cost', cost],
  ['load', load],
  ['punctuality', punctuality],
  ['truth', truth],
  ['calls', calls],
  ['scaling', scaling],
  ['memory', memory],
  ['agent', agent],
  ['monitor', monitor],
  ['snapshot', snapshot],
  ['capacity', capacity],
])

process.exitCode = await main()

async function main(): Promise<number> {
  const usage = readUsage()
  if (typeof usage === 'string') {
    process.stderr.write(`bench:peers: ${usage}\n`)
    return EXIT.usage
  }
  const interruption = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interruption.abort())
  try {
    return await runAll(usage, {
      say: (line) => process.stderr.write(`${line}\n`),
      signal: interruption.signal,
      ...(usage.runs === undefined ? {} : { runs: usage.runs }),
    })
  } catch (error) {
    if (interruption.signal.aborted) {
      process.stderr.write('interrupted\n')
      return EXIT.interrupted
    }
    // A measurement that failed is no promise broken, whoever threw.
    process.stderr.write(`bench:peers: ${explain(error)}\n`)
    return EXIT.measurement
  }
}

function explain(error: unknown): string {
  if (error instanceof PerfKitError) return `${error.message}\n  → ${error.remedy}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

interface Usage {
  readonly names: readonly string[]
  readonly json: boolean
  readonly record: string | undefined
  readonly runs: number | undefined
}

/** What was asked for, or what is wrong with it. */
function readUsage(): Usage | string {
  const known = [...EXPERIMENTS.keys()]
  const choice = `name one of ${known.join(', ')} or all`
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, record: { type: 'string' }, runs: { type: 'string' } },
    })
    const stranger = positionals.find((word) => word !== 'all' && !EXPERIMENTS.has(word))
    if (stranger !== undefined) return `there is no "${stranger}"${didYouMean(stranger, [...known, 'all'])}: ${choice}`
    if (positionals.length === 0) return choice
    if (values.runs !== undefined && !/^\d+$/.test(values.runs))
      return `--runs takes a whole number, got "${values.runs}"`
    const names = positionals.includes('all') ? known : positionals
    const runs = values.runs === undefined ? undefined : Number(values.runs)
    return { names, json: values.json, record: values.record, runs }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function runAll({ names, json, record }: Usage, context: ExperimentContext): Promise<number> {
  const recorded: Record<string, RecordedResult> = {}
  for (const name of names) {
    const startMs = performance.now()
    const result = await EXPERIMENTS.get(name)?.(context)
    if (result === undefined) continue
    recorded[name] = toRecord(result, (performance.now() - startMs) / 1000)
    if (!json) process.stdout.write(renderResult(name, result.text, result.promises))
    // At once: the next experiment may be interrupted.
    if (record !== undefined) await writeRecord(record, recorded)
  }
  if (json) process.stdout.write(`${JSON.stringify(recorded, undefined, 1)}\n`)
  const allKept = Object.values(recorded).every(({ promises }) => promises.every(({ kept }) => kept))
  return allKept ? EXIT.ok : EXIT.regression
}
