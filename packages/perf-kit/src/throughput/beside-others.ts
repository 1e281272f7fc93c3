import { othersRatio, readMachineUse } from '../target/index.ts'

export interface BesideOthers<Result> {
  readonly result: Result
  /** share of the machine that neither this process nor the target took meanwhile; absent where the system does not tell */
  readonly othersRatio?: number
}

/**
 * Do something, and see what others did meanwhile.
 *
 * @param groupPid - of a target that was started, which leads a process group; without it, what the target takes counts as others'
 */
export async function besideOthers<Result>(
  groupPid: number | undefined,
  work: () => Promise<Result>,
): Promise<BesideOthers<Result>> {
  // No group has the number -1.
  const before = readMachineUse(groupPid ?? -1)
  const result = await work()
  const after = readMachineUse(groupPid ?? -1)
  if (before === undefined || after === undefined) return { result }
  return { result, othersRatio: othersRatio(before, after) }
}
