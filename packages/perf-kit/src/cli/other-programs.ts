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
  const { result, shareRatio } = await othersMeanwhile(groupPid, drive)
  return withShareOfOthers(result, shareRatio)
}

/** The same of any work; `shareRatio` is absent where the system does not tell. */
export async function othersMeanwhile<Result>(
  groupPid: number,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly shareRatio: number | undefined }> {
  const before = readMachineUse(groupPid)
  const result = await work()
  const after = readMachineUse(groupPid)
  const isTold = before !== undefined && after !== undefined
  return { result, shareRatio: isTold ? othersRatio(before, after) : undefined }
}

/** A metric of it, beside those of what was driven. */
export function withShareOfOthers(run: Run, value: number | undefined): Run {
  if (value === undefined) return run
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
