import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median } from '@gw/perf-kit'
import type { ExperimentContext, ExperimentResult } from '../experiment.ts'
import { soakMemory } from '../soak/soak-memory.ts'
import { renderTable } from '../table.ts'
import { nginxOn } from './nginx.ts'

const execFileAsync = promisify(execFile)

const MILLIONS = 10
const RUNS = 3
const LIMIT_RATIO = 1.1
const TARGET_PROCESSOR = 0
const TIMEOUT_MS = 1_500_000
const SCRIPT = fileURLToPath(new URL('memory-process.ts', import.meta.url))
const MEGABYTE = 1e6

/** Does our memory grow with the number of requests, or with time? */
export async function memory(context: ExperimentContext): Promise<ExperimentResult> {
  const [generator, soak] = [await generatorMemory(context), await soakMemory(context)]
  return {
    promises: [...generator.promises, ...soak.promises],
    text: `${generator.text}\n${soak.text}`,
    data: { generator: generator.data, soak: soak.data },
  }
}

/** All of it, of one process, after each million requests. */
async function generatorMemory({ say, signal }: ExperimentContext): Promise<ExperimentResult> {
  await using nginx = await nginxOn(TARGET_PROCESSOR)
  const runs: number[][] = []
  for (let run = 1; run <= RUNS; run++) {
    say(`memory: ${MILLIONS} million requests, run ${run} of ${RUNS}`)
    const { stdout } = await execFileAsync(process.execPath, [SCRIPT, nginx.url, String(MILLIONS)], {
      signal,
      timeout: TIMEOUT_MS,
    })
    const { rssBytes, failed } = JSON.parse(stdout)
    if (failed > 0 || rssBytes.length < MILLIONS) throw new Error(`${failed} requests failed: ${stdout.slice(0, 500)}`)
    runs.push(rssBytes)
  }
  const ratios = runs.map((rss) => (rss[MILLIONS - 1] ?? Number.NaN) / (rss[0] ?? Number.NaN))
  const columns = [1, 2, 5, MILLIONS]
  return {
    promises: [
      {
        promise: 'memory (RSS) after 10 million requests is within 10 % of that after 1 million',
        figure: `${((median(ratios) - 1) * 100).toFixed(1)} %`,
        spread: `${ratios.map((ratio) => ((ratio - 1) * 100).toFixed(1)).join(', ')} % in ${RUNS} processes`,
        kept: ratios.every((ratio) => ratio <= LIMIT_RATIO),
      },
    ],
    text: renderTable(
      ['process', ...columns.map((count) => `after ${count} million`)],
      runs.map((rss, index) => [
        String(index + 1),
        ...columns.map((count) => `${((rss[count - 1] ?? 0) / MEGABYTE).toFixed(0)} MB`),
      ]),
    ),
    data: { runs },
  }
}
