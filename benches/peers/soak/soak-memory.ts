import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median } from '@gw/perf-kit'
import type { ExperimentContext, ExperimentResult } from '../experiment.ts'
import { renderTable } from '../table.ts'

const execFileAsync = promisify(execFile)

const HOURS = 8
const RUNS = 3
const MOST_GROWTH_BYTES = 10e6
const MOST_RECORD_BYTES = 100e6
const MOST_PAGE_BYTES = 5e6
const TIMEOUT_MS = 1_800_000
const SCRIPT = fileURLToPath(new URL('record-process.ts', import.meta.url))
const MEGABYTE = 1e6

interface Reading {
  readonly rssBytes: readonly number[]
  readonly recordBytes: number
  readonly pageBytes: number
  readonly measuredSec: number
}

/** What eight hours of seconds take of the process that records them, and of the disk; their clock is ahead of ours, and their data are real. */
export async function soakMemory({ say, signal }: ExperimentContext): Promise<ExperimentResult> {
  const readings: Reading[] = []
  for (let run = 1; run <= RUNS; run++) {
    say(`memory: ${HOURS} simulated hours of a soak, run ${run} of ${RUNS}`)
    const folder = await mkdtemp(join(tmpdir(), 'soak-record-'))
    try {
      const { stdout } = await execFileAsync(process.execPath, [SCRIPT, String(HOURS), folder], {
        signal,
        timeout: TIMEOUT_MS,
      })
      const reading: Reading = JSON.parse(stdout)
      if (reading.measuredSec !== HOURS * 3_600) throw new Error(`${reading.measuredSec} s are not ${HOURS} hours`)
      readings.push(reading)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  const growths = readings.map(({ rssBytes }) => growthOf(rssBytes))
  const [records, pages] = [readings.map(({ recordBytes }) => recordBytes), readings.map(({ pageBytes }) => pageBytes)]
  const shown = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(1)} MB`
  const check = (promise: string, values: readonly number[], most: number) => ({
    promise,
    figure: shown(median(values)),
    spread: `${values.map(shown).join(', ')} in ${RUNS} processes`,
    kept: values.every((value) => value <= most),
  })
  return {
    promises: [
      check(
        'a soak takes at most 10 MB more of its process’s memory in its last two hours than in its first',
        growths,
        MOST_GROWTH_BYTES,
      ),
      check('the record of eight hours takes 100 MB at most', records, MOST_RECORD_BYTES),
      check('and their page 5 MB', pages, MOST_PAGE_BYTES),
    ],
    text: renderTable(
      ['process', 'after 1 h', 'after 4 h', 'after 8 h', 'with its Run and page', 'record', 'page'],
      readings.map(({ rssBytes, recordBytes, pageBytes }, index) => [
        String(index + 1),
        ...[1, 7, 15, 16].map((place) => shown(rssBytes[place] ?? Number.NaN)),
        shown(recordBytes),
        shown(pageBytes),
      ]),
    ),
    data: { readings },
  }
}

/** Of the medians of the first and of the last two hours: garbage comes and goes. */
function growthOf(rssBytes: readonly number[]): number {
  const hours = rssBytes.slice(0, 2 * HOURS)
  return median(hours.slice(-4)) - median(hours.slice(0, 4))
}
