import { join } from 'node:path'
import { Command } from 'commander'
import { readSource } from '../../bench/index.ts'
import { loadConfig } from '../../config/index.ts'
import { EXIT, type ExitCode, exitCodeOf, PerfKitError } from '../../errors/index.ts'
import { planLoad } from '../../load/index.ts'
import type { Run } from '../../run/index.ts'
import { onInterrupt } from '../interrupt.ts'
import { configuredTarget } from '../own-target.ts'
import { checkReportPath } from '../report-file.ts'
import { readRequestFiles } from '../request-files.ts'
import { worstOf } from '../soak-exit-code.ts'
import { addSoakOptions, refuseSoakFlags, type SoakFlags } from '../soak-flags.ts'
import { type SoakOutcome, soakOne } from '../soak-one.ts'
import { planOfUrl, planScenarios, type SoakPlan } from '../soak-plans.ts'
import { SoakProgressLine } from '../soak-progress.ts'
import {
  beginSession,
  findSession,
  hasBegun,
  howToGoOn,
  type PlacedSession,
  recordsFolder,
  resumedFlags,
  writeSession,
} from '../soak-session.ts'
import type { Streams } from '../terminal-io.ts'

/** Of a URL nobody knows which code answers there. */
const UNKNOWN_SOURCE: Run['source'] = { commit: null, dirty: false }
export function soakCommand(streams: Streams, settle: (code: ExitCode) => void): Command {
  const command = new Command('soak')
    .description(
      'Drive load for hours, and tell what grows, what fails, and when: all seconds are on the disk, and can be gone on with.',
    )
    .argument(
      '[scenarios...]',
      'of soak/<name>.soak.ts, on the target of the configuration (default: as many as there is time for)',
    )
  return addSoakOptions(command).action(async (names: readonly string[], flags: SoakFlags) =>
    settle(await soak(names, flags, streams)),
  )
}

async function soak(names: readonly string[], given: SoakFlags, streams: Streams): Promise<ExitCode> {
  refuseSoakFlags(names, given)
  if (given.html !== undefined) await checkReportPath(given.html)
  const { rootDirectory } = await loadConfig(process.cwd(), given.config)
  const records = recordsFolder(rootDirectory, given)
  const resumed = given.resume === undefined ? undefined : await findSession(records, given.resume)
  const flags = resumed === undefined ? given : resumedFlags(resumed, given)
  const plans = await plansOf(resumed?.session.names ?? names, flags, streams)
  refuseSeveral(plans, flags)
  // Nothing is written before all that can be wrong has been looked for.
  const chosen = flags.url === undefined ? plans.map(({ name }) => name) : []
  const placed = resumed ?? (await beginSession(records, chosen, given))
  const progress = new SoakProgressLine(streams.stderr, flags.quiet === true)
  using interruption = onInterrupt(() => {
    progress.clear()
    streams.stderr.write('interrupted: showing what is known\n')
  })
  const source = flags.url === undefined ? await readSource(rootDirectory) : UNKNOWN_SOURCE
  const surroundings = { flags, streams, progress, source, signal: interruption.signal }
  const outcomes: SoakOutcome[] = []
  for (const plan of plans) {
    const folder = join(placed.folder, plan.name)
    outcomes.push(
      await soakOne(plan, folder, surroundings).catch((error: unknown) => failed(error, plan, plans, streams)),
    )
    if (interruption.signal.aborted) break
  }
  return await finish(placed, { outcomes, flags, streams, isInterrupted: interruption.signal.aborted })
}

/** The night is for the others, when one of them cannot be driven. */
function failed(error: unknown, { name }: SoakPlan, plans: readonly SoakPlan[], { stderr }: Streams): SoakOutcome {
  if (!(error instanceof PerfKitError) || plans.length < 2) throw error
  stderr.write(`${name}: ${error.message}\n  → ${error.remedy}\n`)
  return { code: exitCodeOf(error.code), isFinal: false }
}

interface Finished {
  readonly outcomes: readonly SoakOutcome[]
  readonly flags: SoakFlags
  readonly streams: Streams
  readonly isInterrupted: boolean
}

/** What has come to its end is not gone on with, nor is what has never begun. */
async function finish(placed: PlacedSession, finished: Finished): Promise<ExitCode> {
  const { folder, session } = placed
  const { outcomes, flags, streams, isInterrupted } = finished
  const isOver = !isInterrupted && outcomes.every(({ isFinal }) => isFinal)
  if (isOver) await writeSession(folder, { ...session, isOver })
  else if (flags.quiet !== true && (await hasBegun(placed))) streams.stderr.write(howToGoOn(folder, session, flags))
  return isInterrupted ? EXIT.interrupted : worstOf(outcomes.map(({ code }) => code))
}

async function plansOf(names: readonly string[], flags: SoakFlags, { stderr }: Streams): Promise<readonly SoakPlan[]> {
  const files = await readRequestFiles(flags)
  if (flags.url !== undefined) {
    const plan = planOfUrl(flags.url, flags, files)
    planLoad(plan.load(plan.provisionalUrl))
    return [plan]
  }
  const { plans, left } = await planScenarios(await configuredTarget(flags.config), names, flags, files)
  if (left.length > 0 && flags.quiet !== true) {
    stderr.write(`there is no time for ${left.join(', ')}: name them, or give it longer\n`)
  }
  return plans
}

function refuseSeveral(plans: readonly SoakPlan[], { json, markdown, html }: SoakFlags): void {
  if (plans.length < 2 || (json !== true && markdown !== true && html === undefined)) return
  throw new PerfKitError('LOAD_INVALID', '--json, --markdown and --html are of one scenario', {
    remedy: 'Name one; of several, each has its run.json and report.html beside its record.',
  })
}
