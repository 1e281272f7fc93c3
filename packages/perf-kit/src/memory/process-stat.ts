import { readFileSync } from 'node:fs'

/** proc(5), after the name, which may hold anything but a last bracket: the state, the group, and when it was started, in ticks since the machine was. */
const STATE_FIELD = 0
const GROUP_FIELD = 2
const START_FIELD = 19
/** Ended, and nobody has taken note of it yet. */
const DEAD_STATES: ReadonlySet<string> = new Set(['Z', 'X', 'x'])

export interface ProcessStat {
  readonly hasEnded: boolean
  /** the process that leads its group */
  readonly groupPid: number
  readonly startTicks: string
}

/** @param folder - of the process, as Linux has it; @returns `undefined` where there is none, or it may not be read */
export function readProcessStat(folder: string): ProcessStat | undefined {
  const text = textOf(`${folder}/stat`)
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? []
  const [state, groupPid, startTicks] = [fields[STATE_FIELD], fields[GROUP_FIELD], fields[START_FIELD]]
  if (state === undefined || groupPid === undefined || startTicks === undefined) return undefined
  return { hasEnded: DEAD_STATES.has(state), groupPid: Number(groupPid), startTicks }
}

export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
