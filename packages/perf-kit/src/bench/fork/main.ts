/**
 * The measured process. It does one job and ends: list what bench files hold, calibrate one case, or measure one.
 *
 * It imports as little as it can: everything loaded here is heap and code that lies beside the benchmark's own.
 */
import { stat } from 'node:fs/promises'
import { types } from 'node:util'
import { measureTimer } from '../../clock/index.ts'
import type { BenchDefinition } from '../../config/index.ts'
import { makeBatch } from './batch.ts'
import { calibrate } from './calibrate.ts'
import type { CaseSelector, ForkJob, MeasureJob } from './job.ts'
import { BenchProblem, casesOf, describeThrown, loadBenchFile } from './load-bench.ts'
import { findAllocationCalls, measureAllocation } from './measure-allocation.ts'
import { measureTail } from './measure-tail.ts'
import { measureTime } from './measure-time.ts'
import { send, yieldTurn } from './messages.ts'

/** Seldom enough to cost nothing beside a benchmark. */
const PARENT_CHECK_MS = 1000

function sendProblem(file: string, thrown: unknown): void {
  const problem =
    types.isNativeError(thrown) && thrown instanceof BenchProblem
      ? thrown.problem
      : {
          file,
          code: 'BENCH_FAILED' as const,
          message: describeThrown(thrown),
          remedy: 'Run the benchmark alone with `perf-kit bench <name> --forks 1` while you mend it.',
        }
  send({ type: 'problem', problem })
}

async function list(files: readonly string[]): Promise<void> {
  for (const file of files) {
    try {
      const definitions = await loadBenchFile(file)
      send({
        type: 'listed',
        benches: definitions.map(({ name, args }) => ({ file, name, cases: casesOf(args) })),
      })
    } catch (thrown) {
      sendProblem(file, thrown)
    }
  }
}

async function findDefinition({ file, name }: CaseSelector): Promise<BenchDefinition> {
  const definition = (await loadBenchFile(file)).find((candidate) => candidate.name === name)
  if (definition !== undefined) return definition
  throw new BenchProblem({
    file,
    code: 'BENCH_FILE_INVALID',
    message: `no longer holds a benchmark "${name}"`,
    remedy: 'Leave bench files alone while they run.',
  })
}

async function measure(job: MeasureJob, definition: BenchDefinition, state: unknown): Promise<void> {
  // libuv starts its threads at their first use, and they inherit the processor that the main thread is tied to by then:
  // of two sides, one may have used them while it was loaded.
  await stat('.')
  const batch = await makeBatch(definition.fn, state)
  const switchesBefore = process.resourceUsage().involuntaryContextSwitches
  const time =
    job.engine === 'mitata'
      ? await measureWithMitata(job, definition, state)
      : await measureTime(batch, job.plan, job.takesTurns ? yieldTurn : () => undefined)
  const involuntarySwitches = process.resourceUsage().involuntaryContextSwitches - switchesBefore
  // Before the tail: that one is bounded by time, so how many calls it makes depends on the side's speed.
  const allocatedPerOpBytes = job.timeOnly ? undefined : await measureAllocation(batch, job.plan.allocationCalls)
  const timer = measureTimer()
  const tail = job.timeOnly ? [] : await measureTail(definition.fn, state, batch.kind, timer, job.plan.tailNs)
  send({
    type: 'measured',
    measurement: {
      ...time,
      allocatedPerOpBytes,
      tail,
      timerResolutionNs: timer.resolutionNs,
      involuntarySwitches,
    },
  })
}

/** Loaded only when asked for: the default engine's forks stay light. */
async function measureWithMitata({ plan, takesTurns }: MeasureJob, { fn }: BenchDefinition, state: unknown) {
  const { measureTimeMitata } = await import('./measure-time-mitata.ts')
  if (takesTurns) yieldTurn()
  return await measureTimeMitata(fn, state, plan.mitataBudgetNs)
}

async function runCase(job: Exclude<ForkJob, { mode: 'list' }>): Promise<void> {
  const definition = await findDefinition(job.selector)
  const state = definition.setup === undefined ? job.selector.args : await definition.setup(job.selector.args)
  if (job.mode === 'measure') {
    await measure(job, definition, state)
  } else {
    const batch = await makeBatch(definition.fn, state)
    const calibration = await calibrate(batch, measureTimer())
    const allocationCalls = await findAllocationCalls(batch, calibration.timePerOpNs)
    send({ type: 'calibrated', calibration: { ...calibration, allocationCalls } })
  }
  await definition.teardown?.(state)
}

/** Nobody is left to end a process whose promises never resolve, once the parent has been killed. */
function endWithParent(parent: number): void {
  const look = (): void => {
    if (process.ppid !== parent) process.exit(1)
  }
  setInterval(look, PARENT_CHECK_MS).unref()
}

async function main(job: ForkJob): Promise<void> {
  if (job.mode === 'list') return await list(job.files)
  try {
    await runCase(job)
  } catch (thrown) {
    sendProblem(job.selector.file, thrown)
  }
}

// The parent says who it is: one that was killed while this process started could not be told from its heir.
endWithParent(Number(process.argv[3]))
await main(JSON.parse(process.argv[2] ?? '{}'))
send({ type: 'done' })
// A benchmark may leave timers, sockets or servers behind: the process ends all the same.
process.exit(0)
