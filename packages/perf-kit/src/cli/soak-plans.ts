import { type NamedScenario, readSoakFiles, type SoakFileScenario } from '../config/index.ts'
import { PerfKitError } from '../errors/index.ts'
import { type LoadOptions, planLoad } from '../load/index.ts'
import type { Budget } from '../run/index.ts'
import { isRunning, repeatedPhases, type SoakTarget } from '../soak/index.ts'
import { rampOption, spikeOption } from './level-options.ts'
import { withDrivingDefaults } from './load-defaults.ts'
import { toOptions } from './load-flags.ts'
import { type ConfiguredTarget, provisionalUrl, refuseWithoutUrl, startTarget, urlOf } from './own-target.ts'
import type { RequestFiles } from './request-files.ts'
import { type SoakFlags, soakNs } from './soak-flags.ts'
import { withTargetDefaults, withTargetFiles } from './target-defaults.ts'
import { withoutGaps } from './without-gaps.ts'

/** One soak: whom to drive, and how. */
export interface SoakPlan {
  readonly name: string
  readonly about: string
  readonly durationNs: number
  readonly budgets: readonly Budget[]
  /** for a URL that may be another one each time */
  readonly load: (url: string) => LoadOptions
  /** to find out what is wrong before anything is started */
  readonly provisionalUrl: string
  readonly startTarget: (signal: AbortSignal) => Promise<SoakTarget>
}

/** What a soak of a URL is called. */
export const OF_URL = 'load'
/** All of them are known to each thread. */
const MOST_PHASES = 200_000
/** With less, few verdicts would come to be. */
const SHORTEST_SHARE_NS = 300e9

export interface ScenarioPlans {
  readonly plans: readonly SoakPlan[]
  /** for which there is no time */
  readonly left: readonly string[]
}

/** Somebody else's target, driven as flags say. */
export function planOfUrl(url: string, flags: SoakFlags, files: RequestFiles): SoakPlan {
  const { budget = [], pid } = flags
  const durationNs = soakNs(flags)
  return {
    name: OF_URL,
    about: url,
    durationNs,
    budgets: budget,
    load: (where) => toOptions(where, { ...flags, duration: durationNs }, files),
    provisionalUrl: url,
    startTarget: async () => {
      if (pid === undefined) return { url }
      if (isRunning(pid)) return { url, pid }
      throw new PerfKitError('LOAD_INVALID', `there is no process ${pid}`, {
        remedy: 'Give --pid the number of the process that answers, as ps shows it.',
      })
    },
  }
}

/**
 * Scenarios of the target of the configuration. Those that are named last as long as is said, one after the other together; without names, as many
 * as there is time for.
 *
 * @throws {PerfKitError} `NO_SUCH_SCENARIO`, `SOAK_FILE_INVALID`, and as `planLoad` does
 */
export async function planScenarios(
  configured: ConfiguredTarget,
  names: readonly string[],
  flags: SoakFlags,
  files: RequestFiles,
): Promise<ScenarioPlans> {
  refuseWithoutUrl(configured.target)
  const found = await readSoakFiles(configured.rootDirectory, names)
  const allNs = soakNs(flags)
  const room = names.length > 0 ? found.length : Math.max(1, Math.floor(allNs / SHORTEST_SHARE_NS))
  const chosen = found.slice(0, room)
  const durationNs = Math.floor(allNs / chosen.length / 1e9) * 1e9
  if (durationNs < 1e9) {
    throw new PerfKitError('LOAD_INVALID', `there is less than a second for each of ${chosen.length} scenarios`, {
      remedy: 'Name fewer, or give it longer.',
    })
  }
  const plans = await Promise.all(chosen.map((each) => planScenario(configured, each, { flags, files, durationNs })))
  for (const { load, provisionalUrl: url } of plans) planLoad(load(url))
  return { plans, left: found.slice(room).map(({ name }) => name) }
}

interface Wishes {
  readonly flags: SoakFlags
  readonly files: RequestFiles
  readonly durationNs: number
}

async function planScenario(
  configured: ConfiguredTarget,
  { name, scenario }: NamedScenario,
  wishes: Wishes,
): Promise<SoakPlan> {
  const { target, load, rootDirectory } = configured
  const command = [...target.command, ...scenario.targetArguments]
  const placed = { target: { ...target, command }, rootDirectory }
  const own: SoakFlags = { ...wishes.flags, ...flagsOf(scenario), duration: wishes.durationNs }
  const files = await withTargetFiles(placed, wishes.flags, wishes.files)
  const asked = withTargetDefaults(placed, own)
  const flags =
    load === undefined ? asked : withDrivingDefaults(load, asked, { hasRate: own.rate !== undefined, files })
  return {
    name,
    about: scenario.about,
    durationNs: wishes.durationNs,
    budgets: [...target.budgets, ...(wishes.flags.budget ?? [])],
    load: (url) => withCycle(toOptions(url, flags, files), scenario, wishes.durationNs),
    provisionalUrl: provisionalUrl(target),
    startTarget: async (signal) => {
      const { agent, snapshotAtLimit } = flags
      const process = await startTarget(placed, { hasAgent: agent !== false, snapshotAtLimit, signal, isKept: true })
      try {
        return { url: urlOf(target, process), process }
      } catch (error) {
        await process.stop()
        throw error
      }
    },
  }
}

function flagsOf({ clients, rate, cycle, spike, think, timeout, mcp }: SoakFileScenario): object {
  const isOfRates = cycle?.some((stage) => stage.rate !== undefined) === true
  const level = isOfRates ? { rate: rampOption('1') } : {}
  const { mix, ...asked } = mcp ?? {}
  return withoutGaps({
    ...level,
    ...(clients === undefined ? {} : { clients: rampOption(String(clients)) }),
    ...(rate === undefined ? {} : { rate: rampOption(String(rate)) }),
    ...(spike === undefined ? {} : { spike: spikeOption(spike) }),
    think,
    timeout,
    ...asked,
    ...(mix === undefined ? {} : { mix: [mix] }),
    ...(mcp === undefined ? {} : { mcp: true }),
  })
}

function withCycle(options: LoadOptions, { cycle }: SoakFileScenario, durationNs: number): LoadOptions {
  if (cycle === undefined) return options
  const stages = cycle.map(({ clients, rate, for: lastsNs }) => {
    const level = clients ?? rate ?? 0
    return { from: level, to: level, durationNs: lastsNs }
  })
  const onceNs = stages.reduce((sum, stage) => sum + stage.durationNs, 0)
  if ((stages.length * durationNs) / onceNs > MOST_PHASES) {
    throw new PerfKitError('LOAD_INVALID', `a cycle of ${onceNs / 1e9} s comes too often in ${durationNs / 1e9} s`, {
      remedy: `Make it longer: there may be ${MOST_PHASES.toLocaleString('en-US')} stages in all.`,
    })
  }
  return { ...options, phases: repeatedPhases(stages, durationNs) }
}
