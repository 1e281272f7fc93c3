import { Command, Option } from 'commander'
import { readSource } from '../../bench/index.ts'
import { EXIT, type ExitCode, PerfKitError } from '../../errors/index.ts'
import { describeLoad, planLoad, toLoadRun } from '../../load/index.ts'
import type { LeakVerdict } from '../../memory/index.ts'
import type { Run } from '../../run/index.ts'
import { type Diagnosis, diagnose } from '../doctor/diagnose.ts'
import { verdictWords } from '../doctor/doctor-verdict.ts'
import { findDoctor } from '../doctor/find-doctor.ts'
import { exitCodeFor } from '../exit-code-for.ts'
import { onInterrupt } from '../interrupt.ts'
import { rampOption } from '../level-options.ts'
import { withLoadDefaults } from '../load-defaults.ts'
import { type LoadFlags, toOptions } from '../load-flags.ts'
import { LoadProgress } from '../load-progress.ts'
import { durationOption } from '../option-values.ts'
import { provisionalUrl } from '../own-target.ts'
import { printing } from '../printing.ts'
import { checkReportPath } from '../report-file.ts'
import { readRequestFiles } from '../request-files.ts'
import { addRequestOptions } from '../request-options.ts'
import { showLoad } from '../show-load.ts'
import { sweptTarget } from '../sweep-target.ts'
import { withTargetDefaults, withTargetFiles } from '../target-defaults.ts'
import type { Streams } from '../terminal-io.ts'

interface DoctorFlags extends LoadFlags {
  readonly collect?: number
  readonly keep?: string
}

const NS_PER_SEC = 1e9
/** Doctor keeps all of its samples, a hundred a second, and looks at them at once. */
const LONGEST_NS = 60 * NS_PER_SEC
const LEAK_MISSED =
  'Doctor has no name for memory that grows for ever: it looks at collections of garbage, and calls what it sees beside them by other names'

export function doctorCommand(streams: Streams, settle: (code: ExitCode) => void): Command {
  const command = new Command('doctor')
    .description(
      'What Clinic.js Doctor says of a target under a load, and beside it what this package says of its memory.',
    )
    .argument(
      '[command...]',
      'behind --: the target’s command, which prints its URL; without one, load.target of the configuration',
    )
    .addOption(
      new Option('-c, --clients <count>', 'clients that wait for their answers (default: 50)')
        .argParser(rampOption)
        .conflicts('rate'),
    )
    .option('--rate <level>', 'requests a second, whatever comes back', rampOption)
    .option('-d, --duration <duration>', 'at most 60s (default: 10s)', durationOption)
    .option('--warmup <duration>', 'the first part, which is not counted in the load’s figures', durationOption)
    .option('--think <duration>', 'a client’s pause between an answer and its next request', durationOption)
    .option(
      '--collect <duration>',
      'have all garbage collected so often (--expose-gc), so that seconds tell what grows: Doctor sees that too',
      durationOption,
    )
    .option('--keep <folder>', 'keep what Doctor collects there: clinic doctor --visualize-only makes its page of it')
  return addRequestOptions(command).action(async (words: readonly string[], flags: DoctorFlags) =>
    settle(await diagnoseTarget(words, flags, streams)),
  )
}

async function diagnoseTarget(words: readonly string[], given: DoctorFlags, streams: Streams): Promise<ExitCode> {
  refuseOtherFlags(given)
  if (given.html !== undefined) await checkReportPath(given.html)
  const { own, load = {} } = await sweptTarget(words, given.config)
  if (own === undefined) {
    throw invalid('Doctor starts what it looks at', 'Give its command behind --: perf-kit doctor -- node server.js')
  }
  const doctor = findDoctor(own.rootDirectory)
  const files = await withTargetFiles(own, given, await readRequestFiles(given))
  const flags = withLoadDefaults(load, withTargetDefaults(own, given), files)
  const plan = planLoad(toOptions(provisionalUrl(own.target), flags, files))
  const progress = new LoadProgress(streams.stderr)
  const tell = (text: string): void => {
    progress.clear()
    streams.stderr.write(text)
  }
  using interruption = onInterrupt(() => tell('interrupted: showing what is known\n'))
  const loadAt = (url: string) => {
    const options = { ...toOptions(url, flags, files), ...printing(flags, tell) }
    refuseLong(options.phases.reduce((sum, { durationNs }) => sum + durationNs, 0))
    return options
  }
  loadAt(provisionalUrl(own.target))
  const startedAt = new Date()
  const startMs = performance.now()
  const diagnosis = await diagnose({
    own,
    doctor,
    keep: given.keep,
    collectEveryNs: given.collect,
    loadAt,
    signal: interruption.signal,
    onStart: (result) => {
      if (flags.quiet !== true) progress.watch(result, 'under Doctor')
    },
  }).finally(() => progress.clear())
  const run = toLoadRun(diagnosis.result, {
    suite: 'doctor',
    subject: `${describeLoad(plan)} · under Clinic.js Doctor`,
    configuration: flags.configuration ?? 'default',
    startedAt,
    durationNs: (performance.now() - startMs) * 1e6,
    source: await readSource(own.rootDirectory),
    budgets: [...own.target.budgets, ...(flags.budget ?? [])],
    ...diagnosis.facts,
  })
  await showLoad({ ...run, warnings: [...doctorNotes(diagnosis, doctor.version), ...run.warnings] }, flags, streams)
  if (interruption.signal.aborted) return EXIT.interrupted
  const exitCode = exitCodeFor(run)
  if (exitCode !== EXIT.ok) return exitCode
  if (typeof diagnosis.doctor === 'string') return EXIT.measurement
  return isLeaking(diagnosis) ? EXIT.regression : EXIT.ok
}

/** What both say of the same window; figures of the load are those of a target that Doctor slows down. */
function doctorNotes({ doctor, memory }: Diagnosis, version: string): Run['warnings'] {
  const name = `Clinic.js Doctor ${version} on Node ${process.version}`
  const says =
    typeof doctor === 'string'
      ? { code: 'DOCTOR_FAILED', message: `${name} came to no verdict: ${doctor}` }
      : { code: 'DOCTOR', message: `${name} says: ${verdictWords(doctor)}` }
  const missed = typeof doctor !== 'string' && isLeaking({ memory })
  return [
    says,
    { code: 'MEMORY', message: memoryWords(memory) },
    ...(missed ? [{ code: 'DOCTOR_MISSES_LEAKS', message: LEAK_MISSED }] : []),
    {
      code: 'UNDER_DOCTOR',
      message: 'Doctor takes a sample each 10 ms and traces V8: the target is slower than without it.',
    },
  ]
}

function isLeaking({ memory }: Pick<Diagnosis, 'memory'>): boolean {
  return typeof memory !== 'string' && memory.state === 'leaking'
}

function memoryWords(memory: LeakVerdict | string): string {
  const says = typeof memory === 'string' ? `nothing, ${memory}` : `${memory.state}, ${memory.because}`
  return `this package says of memory in the same window: ${says}`
}

function refuseLong(durationNs: number): void {
  if (durationNs <= LONGEST_NS) return
  throw invalid('Doctor keeps all of its samples, and looks at a minute at most', 'Give -d 60s, or less.')
}

/** @throws {PerfKitError} `LOAD_INVALID` for what other commands have */
function refuseOtherFlags({ repeat, accept, strict, agent }: DoctorFlags): void {
  if (repeat !== undefined || accept === true || strict === true) {
    throw invalid('--repeat, --accept and --strict are of loads that nobody slows down', 'Leave them out.')
  }
  if (agent === false) throw invalid('without an agent nothing is known of memory', 'Leave --no-agent out.')
}

function invalid(message: string, remedy: string): PerfKitError {
  return new PerfKitError('LOAD_INVALID', message, { remedy })
}
