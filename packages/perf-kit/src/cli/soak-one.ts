import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExitCode, PerfKitError } from '../errors/index.ts'
import { describeLoad, HARNESS, planLoad } from '../load/index.ts'
import { formatLasting } from '../report/index.ts'
import { type Run, readEnvironment } from '../run/index.ts'
import { RecordOwner, readSoak, Soak, type SoakEnd, SoakRecord, toSoakRun } from '../soak/index.ts'
import { showSoak } from './show-soak.ts'
import { soakExitCode } from './soak-exit-code.ts'
import type { SoakFlags } from './soak-flags.ts'
import type { SoakPlan } from './soak-plans.ts'
import type { SoakProgressLine } from './soak-progress.ts'
import type { Streams } from './terminal-io.ts'

/** What these have come to is a result; the others are gone on with. */
const FINAL_ENDS: ReadonlySet<SoakEnd> = new Set<SoakEnd>(['complete', 'targetEnded', 'leak'])

export interface SoakSurroundings {
  readonly flags: SoakFlags
  readonly streams: Streams
  readonly progress: SoakProgressLine
  readonly source: Run['source']
  readonly signal: AbortSignal
}

export interface SoakOutcome {
  readonly code: ExitCode
  /** nothing of it is left to be gone on with */
  readonly isFinal: boolean
}

/**
 * One soak from its beginning, or from where its record stops, and what came of it shown.
 *
 * @param folder - of its record
 * @throws {PerfKitError} when it could not be driven: what was recorded before is shown all the same
 */
export async function soakOne(plan: SoakPlan, folder: string, surroundings: SoakSurroundings): Promise<SoakOutcome> {
  const { flags, streams, progress, source, signal } = surroundings
  const done = await finalRun(folder)
  if (done !== undefined) return { code: soakExitCode(done), isFinal: true }
  await using _owner = await RecordOwner.take(folder)
  const record = await recordOf(plan, folder, flags, source)
  if (flags.quiet !== true) streams.stderr.write(beginningOf(plan, folder))
  progress.begin(plan.name)
  const { failFast = false, restart = false } = flags
  const { load, startTarget } = plan
  const driver = new Soak({ record, load, startTarget, failFast, restart, onProgress: progress.show })
  let failure: unknown
  const end = await driver
    .run(signal)
    .catch((error: unknown): SoakEnd => {
      failure = error
      return 'failed'
    })
    .finally(async () => {
      progress.clear()
      await record.close()
    })
  if (record.failure !== undefined) streams.stderr.write(unwrittenOf(record.failure, record.lostSec))
  // What was recorded before it went wrong is shown all the same.
  if (record.measuredSec === 0 && failure !== undefined) throw failure
  const unrecorded = record.failure === undefined ? undefined : unrecordedEnd(record.failure)
  const run = toSoakRun(await readSoak(folder, unrecorded), folder)
  await showSoak(run, flags, streams, folder)
  if (failure !== undefined) throw failure
  return { code: soakExitCode(run), isFinal: FINAL_ENDS.has(end) }
}

/** Whether there is anything to go on with. */
export async function hasRecorded(folder: string): Promise<boolean> {
  return (await exists(folder)) && (await readSoak(folder)).measuredSec > 0
}

/** Of a session that is gone on with, what has come to its end before. */
async function finalRun(folder: string): Promise<Run | undefined> {
  if (!(await exists(folder))) return undefined
  const run = toSoakRun(await readSoak(folder), folder)
  const last = run.soak?.parts.at(-1)
  return last !== undefined && FINAL_ENDS.has(last.end) ? run : undefined
}

async function recordOf(plan: SoakPlan, folder: string, flags: SoakFlags, source: Run['source']): Promise<SoakRecord> {
  if (await exists(folder)) return await SoakRecord.resume(folder)
  const { name, load, provisionalUrl, durationNs, budgets } = plan
  const planned = planLoad(load(provisionalUrl))
  return await SoakRecord.create(folder, {
    name,
    subject: `${name} · ${describeLoad(planned)}`,
    configuration: flags.configuration ?? 'default',
    loop: planned.traffic.loop,
    startedAt: new Date().toISOString(),
    plannedNs: durationNs,
    environment: readEnvironment([]),
    harness: HARNESS,
    source,
    budgets,
  })
}

function unwrittenOf({ message, remedy }: PerfKitError, lostSec: number): string {
  return `${message}: the load was stopped; ${lostSec} s of it are not in the record, and what was there is kept\n  → ${remedy}\n`
}

function unrecordedEnd({ message }: PerfKitError) {
  return { end: 'unwritable', because: message } as const
}

async function exists(folder: string): Promise<boolean> {
  return await access(join(folder, 'soak.json')).then(
    () => true,
    () => false,
  )
}

function beginningOf({ name, about, durationNs }: SoakPlan, folder: string): string {
  return `${name}: ${about}, for ${formatLasting(durationNs)}; each second is in ${folder}\n`
}
