/**
 * One process of a method that we are compared with: plain tinybench on one benchmark, each call timed by itself, as
 * its documentation shows and as vitest's bench mode does.
 *
 * Usage: node plain-fork.ts <bench file> <name> <args as JSON> <milliseconds>
 */
import { pathToFileURL } from 'node:url'
import type { BenchDefinition } from '@gw/perf-kit/config'
import { Bench } from 'tinybench'

const [file = '', name = '', argsText = '{}', timeMs = '150'] = process.argv.slice(2)
const module: { default: BenchDefinition | readonly BenchDefinition[] } = await import(pathToFileURL(file).href)
const definition = [module.default].flat().find((candidate) => candidate.name === name)
if (definition === undefined) throw new Error(`${file} holds no benchmark "${name}"`)
const args = JSON.parse(argsText)
const state = definition.setup === undefined ? args : await definition.setup(args)

let iteration = 0
const bench = new Bench({ time: Number(timeMs) })
bench.add(name, () => definition.fn(state, iteration++))
await bench.run()
const result = bench.tasks[0]?.result
if (result?.state !== 'completed') throw new Error(`tinybench ended in state ${result?.state ?? 'unknown'}`)
process.stdout.write(JSON.stringify({ meanNs: result.latency.mean * 1e6, rmeRatio: result.latency.rme / 100 }))
process.exit(0)
