import type { Metric, Run } from '../run/index.ts'
import { othersRatio, readMachineUse } from '../target/index.ts'

/** Of what was asked of a target, and not of its parts. */
const OF_WHOLES: ReadonlySet<string> = new Set(['goodput', 'capacity'])

/**
 * Drive a target, and say how much of the machine others took meanwhile: programs that have nothing to do with it, and the system's
 * own work. Nothing where the system does not tell.
 *
 * @param groupPid - of the target, which leads a process group
 */
export async function withOtherPrograms(groupPid: number, drive: () => Promise<Run>): Promise<Run> {
  const before = readMachineUse(groupPid)
  const run = await drive()
  const after = readMachineUse(groupPid)
  if (before === undefined || after === undefined) return run
  const value = othersRatio(before, after)
  const subjects = new Set(run.metrics.filter(({ name }) => OF_WHOLES.has(name)).map(({ subject }) => subject))
  const added = [...subjects].map(
    (subject): Metric => ({
      subject,
      name: 'otherPrograms',
      unit: 'ratio',
      better: 'lower',
      gates: false,
      value,
      evidence: { kind: 'repetitions', values: [value] },
    }),
  )
  return { ...run, metrics: [...run.metrics, ...added] }
}
