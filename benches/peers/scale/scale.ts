import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from '@gw/perf-kit'
import type { ExperimentContext, ExperimentResult } from '../experiment.ts'
import { readFromNode } from '../node-process.ts'
import { measureInOwnForks } from '../own-forks.ts'
import { renderTable } from '../table.ts'
import { storeEntries } from './stored-entries.ts'

const FIRST_COMPARISON = fileURLToPath(new URL('first-comparison-process.ts', import.meta.url))
const COMPARE_BENCHES = fileURLToPath(new URL('compare-benches.ts', import.meta.url))

const ENTRIES = 10_000
const PROCESSES = 9
const FORKS = 3
const LIMIT_NS = 1e9
const NS_PER_MS = 1e6

interface FirstComparison {
  readonly wallNs: number
  /** of the whole process during it: on a busy machine, what the wall clock would show on an idle one */
  readonly cpuNs: number
}

/** How long do many stored entries take to load and to judge? Once in a new process, and again and again in a warm one. */
export async function scale(context: ExperimentContext): Promise<ExperimentResult> {
  const first = await readFirstComparisons(context)
  context.say(`scale: ${FORKS} warm forks`)
  const warm = await measureInOwnForks({ benchFile: COMPARE_BENCHES, word: '', forks: FORKS, signal: context.signal })
  const wallNs = first.map((reading) => reading.wallNs)
  return {
    promises: [
      {
        promise: `${ENTRIES} stored entries load and compare in less than a second, in a process that does nothing else`,
        figure: milliseconds(median(wallNs)),
        spread: `${milliseconds(Math.min(...wallNs))} to ${milliseconds(Math.max(...wallNs))} over ${PROCESSES} processes`,
        kept: median(wallNs) < LIMIT_NS,
      },
    ],
    text: renderTable(
      ['load and compare', 'median', 'least', 'most'],
      [
        row(`${ENTRIES}, first in its process`, wallNs),
        row(
          `${ENTRIES}, its processor time`,
          first.map(({ cpuNs }) => cpuNs),
        ),
        ...[...warm].map(([subject, values]) => row(`${subject.split('entries=')[1] ?? subject}, warm`, values)),
      ],
    ),
    data: { entries: ENTRIES, first, warm: Object.fromEntries(warm) },
  }
}

async function readFirstComparisons({ say, signal }: ExperimentContext): Promise<readonly FirstComparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'perf-kit-peers-'))
  try {
    await storeEntries(directory, ENTRIES)
    const readings: FirstComparison[] = []
    for (let run = 1; run <= PROCESSES; run++) {
      say(`scale: process ${run} of ${PROCESSES}`)
      const reading = await readFromNode(FIRST_COMPARISON, [directory, String(ENTRIES)], signal)
      if (!isFirstComparison(reading)) throw new TypeError(`${FIRST_COMPARISON} printed ${JSON.stringify(reading)}`)
      readings.push(reading)
    }
    return readings
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function isFirstComparison(value: unknown): value is FirstComparison {
  return (
    typeof value === 'object' &&
    value !== null &&
    'wallNs' in value &&
    'cpuNs' in value &&
    typeof value.wallNs === 'number' &&
    typeof value.cpuNs === 'number'
  )
}

function row(label: string, valuesNs: readonly number[]): string[] {
  return [
    label,
    milliseconds(median(valuesNs)),
    milliseconds(Math.min(...valuesNs)),
    milliseconds(Math.max(...valuesNs)),
  ]
}

function milliseconds(ns: number): string {
  return `${(ns / NS_PER_MS).toFixed(ns < 10 * NS_PER_MS ? 2 : 0)} ms`
}
