/**
 * How often does `load --repeat` see a regression where there is none, on this machine? The same load of the same gateway, run after
 * run, each of which is then held against the one before as `perf-kit load` holds it against its baseline.
 *
 *   pnpm load:calibrate --pairs 10 -- -c 50 -d 3s --warmup 1s   20 runs of 5 repetitions, recorded
 *   pnpm load:calibrate                                         the tables of what has been recorded
 *
 * Records are appended to docs/data/load-calibration.jsonl.
 */
import { execFile } from 'node:child_process'
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { dirname, resolve } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import type { LoadReport, Run } from '@gw/perf-kit'
import { type LoadRecord, summarise } from './summary.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const PERF_KIT = resolve(ROOT, 'node_modules/@gw/perf-kit/src/cli/main.ts')
const REPETITIONS = '5'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '0' },
    data: { type: 'string', default: 'docs/data/load-calibration.jsonl' },
  },
})

/** One run, with all of a Run that comparing needs. */
async function measureOnce(args: readonly string[]): Promise<LoadRecord> {
  const command = [PERF_KIT, 'load', ...args, '--repeat', REPETITIONS, '--json', '-q']
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: ROOT, maxBuffer: 2 ** 28 })
  const { run }: LoadReport = JSON.parse(stdout)
  return { args: args.join(' '), loadAverage: loadavg()[0] ?? 0, run: slim(run) }
}

function slim({ series: _, ...run }: Run): Run {
  const metrics = run.metrics.filter(({ repetitions }) => repetitions !== undefined)
  return { ...run, metrics, warnings: [] }
}

async function readRecords(file: string): Promise<LoadRecord[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line): LoadRecord => JSON.parse(line))
}

await mkdir(dirname(values.data), { recursive: true })
for (let left = 2 * Number(values.pairs); left > 0; left--) {
  const record = await measureOnce(positionals)
  await appendFile(values.data, `${JSON.stringify(record)}\n`)
  process.stderr.write(`${left - 1} runs left; ${record.run.validity.state}, load ${record.loadAverage.toFixed(1)}\n`)
}
process.stdout.write(await summarise(await readRecords(values.data)))
