import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median } from '@gw/perf-kit'
import type { ExperimentContext, ExperimentResult, PromiseCheck } from '../experiment.ts'
import { renderTable } from '../table.ts'

const execFileAsync = promisify(execFile)

const HEAP_BYTES = 200e6
const ROUNDS = 5
const MOST_SECONDS = 2.5
const MOST_BYTES = 500e6
const LEAST_TIMES_FASTER = 4
const LEAST_TIMES_SMALLER = 2
const TIMEOUT_MS = 600_000
const MEGABYTE = 1e6
/** V8 takes several times the heap to write a snapshot, and memlab to read it. */
const ROOM = '--max-old-space-size=8192'

const READERS = [
  { name: 'perf-kit, classes', script: 'own-process.ts', words: [] },
  { name: 'memlab, parse only', script: 'memlab-process.ts', words: ['parse'] },
  { name: 'memlab, load', script: 'memlab-process.ts', words: ['load'] },
] as const

type ReaderName = (typeof READERS)[number]['name']

interface Reading {
  readonly seconds: number
  /** of the processor, with all threads: what others do meanwhile is not in it */
  readonly cpuSeconds: number
  readonly peakBytes: number
  readonly objects: number
  readonly sessions: number
}

interface Written {
  readonly sessions: number
  readonly heapBytes: number
}

/** A snapshot of a heap of 200 MB: how long it takes to count its classes, in how much memory, and what memlab takes for it. */
export async function snapshot({ say, signal }: ExperimentContext): Promise<ExperimentResult> {
  const folder = await mkdtemp(join(tmpdir(), 'perf-kit-snapshot-'))
  try {
    const file = join(folder, 'large.heapsnapshot')
    say(`snapshot: writing one of a heap of ${HEAP_BYTES / MEGABYTE} MB`)
    const written: Written = JSON.parse(
      await runScript('heap-process.ts', [String(HEAP_BYTES), file], signal, ['--expose-gc']),
    )
    const { size: fileBytes } = await stat(file)
    const readings = new Map<ReaderName, Reading[]>(READERS.map(({ name }) => [name, []]))
    for (let round = 1; round <= ROUNDS; round++) {
      for (const { name, script, words } of READERS) {
        say(`snapshot: ${name}, round ${round} of ${ROUNDS}`)
        const reading: Reading = JSON.parse(await runScript(script, [file, ...words], signal))
        // Whoever counts something else does other work.
        if (reading.sessions !== written.sessions) {
          throw new Error(`${name} found ${reading.sessions} sessions of ${written.sessions}`)
        }
        readings.get(name)?.push(reading)
      }
    }
    const of = (name: ReaderName): readonly Reading[] => readings.get(name) ?? []
    return {
      promises: promisesOf(of('perf-kit, classes'), of('memlab, parse only')),
      text: `${(fileBytes / MEGABYTE).toFixed(0)} MB of a heap of ${(written.heapBytes / MEGABYTE).toFixed(0)} MB, ${of('perf-kit, classes')[0]?.objects.toLocaleString('en-US')} objects\n${tableOf(readings)}`,
      data: { fileBytes, written, readings: Object.fromEntries(readings) },
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runScript(
  script: string,
  words: readonly string[],
  signal: AbortSignal,
  flags: readonly string[] = [],
): Promise<string> {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { stdout } = await execFileAsync(process.execPath, [ROOM, ...flags, path, ...words], {
    signal,
    timeout: TIMEOUT_MS,
  })
  return stdout
}

function promisesOf(own: readonly Reading[], memlab: readonly Reading[]): PromiseCheck[] {
  const seconds = own.map((reading) => reading.seconds)
  const bytes = own.map(({ peakBytes }) => peakBytes)
  // Of one round, so that a moment in which the machine is slow is in both.
  const faster = memlab.map((reading, round) => reading.seconds / (own[round]?.seconds ?? Number.NaN))
  const smaller = memlab.map(({ peakBytes }, round) => peakBytes / (own[round]?.peakBytes ?? Number.NaN))
  const check = (promise: string, values: readonly number[], unit: string, kept: boolean): PromiseCheck => {
    const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => shown(value))
    return {
      promise,
      figure: `${shown(median(values))} ${unit}`,
      spread: `${least} to ${most} over ${ROUNDS} rounds`,
      kept,
    }
  }
  return [
    check(
      'the classes of a heap of 200 MB are counted in 2.5 s at most',
      seconds,
      's',
      median(seconds) <= MOST_SECONDS,
    ),
    check(
      'and in 500 MB of memory at most, the whole process',
      bytes.map((value) => value / MEGABYTE),
      'MB',
      median(bytes) <= MOST_BYTES,
    ),
    check('at least 4 times as fast as memlab parses it', faster, 'times', median(faster) >= LEAST_TIMES_FASTER),
    check('and in at most half of its memory', smaller, 'times less', median(smaller) >= LEAST_TIMES_SMALLER),
  ]
}

function tableOf(readings: ReadonlyMap<ReaderName, readonly Reading[]>): string {
  return renderTable(
    ['reader', 'seconds', 'least', 'most', 'processor', 'peak memory'],
    [...readings].map(([name, own]) => {
      const seconds = own.map((reading) => reading.seconds)
      return [
        name,
        ...[median(seconds), Math.min(...seconds), Math.max(...seconds)].map((value) => value.toFixed(2)),
        `${median(own.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2)} s`,
        `${(median(own.map(({ peakBytes }) => peakBytes)) / MEGABYTE).toFixed(0)} MB`,
      ]
    }),
  )
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
