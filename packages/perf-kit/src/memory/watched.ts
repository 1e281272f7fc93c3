import { type InsideView, ownView, viewOfAgent } from './inside-view.ts'
import { type MonitoredTarget, requirePid } from './monitor-options.ts'
import { leadsGroup, OutsideGroup } from './outside-group.ts'
import { OutsideProcess, type OutsideSample } from './outside-process.ts'

/** Who is watched, and by whom. */
export interface Watched {
  readonly outside: { readonly sample: () => OutsideSample }
  readonly inside?: InsideView
  /** what is to be known of that */
  readonly doubts: () => readonly string[]
  /** what is not watched, so that nothing can be called steady */
  readonly unseen: () => readonly string[]
  /** it answers a part of the requests only */
  readonly isOneOfMany: () => boolean
  /** who else there is by now */
  readonly lookAround?: () => Promise<void>
}

export function watchedTarget({ pid, agent, withoutAgent }: MonitoredTarget): Watched {
  if (agent === undefined) return watchedFromOutside(pid, withoutAgent)
  let { others } = agent
  const unseen = (): readonly string[] => {
    const [are, listen] = others === 1 ? ['1 other process', 'listens'] : [`${others} other processes`, 'listen']
    if (others === 0) return []
    return [`${are} of the target ${listen} on the same port, and only process ${agent.process.pid} is watched`]
  }
  return {
    outside: new OutsideProcess(agent.process.pid),
    inside: viewOfAgent(agent),
    doubts: () => [],
    unseen,
    isOneOfMany: () => others > 0,
    lookAround: async () => {
      others = Math.max(others, await agent.countOthers())
    },
  }
}

/** It may be `npm`, a shell, or a cluster's primary. */
export function watchedProcess(pid: number): Watched {
  requirePid(pid)
  const outside = new OutsideProcess(pid)
  let children = 0
  const sample = (): OutsideSample => {
    const seen = outside.sample()
    if (seen.state === 'seen') children = Math.max(children, seen.children ?? 0)
    return seen
  }
  const unseen = (): readonly string[] =>
    children === 0
      ? []
      : [`process ${pid} has started ${children} ${children === 1 ? 'other' : 'others'}, and is watched alone`]
  return { outside: { sample }, doubts: () => [], unseen, isOneOfMany: () => false }
}

export function watchedSelf(): Watched {
  return { ...watchedProcess(process.pid), inside: ownView(), unseen: () => [] }
}

/** The process that was started may be `npm` or a shell, and what answers requests another one. */
function watchedFromOutside(pid: number, withoutAgent: string | undefined): Watched {
  const noAgent = withoutAgent === undefined ? [] : [`nothing is known from inside the target: ${withoutAgent}`]
  if (!leadsGroup(pid)) {
    const unseen = `only process ${pid} is watched, and whether it answers requests itself is not known`
    return { ...watchedProcess(pid), doubts: () => noAgent, unseen: () => [unseen] }
  }
  const group = new OutsideGroup(pid)
  const doubts = (): readonly string[] =>
    group.most < 2 ? noAgent : [...noAgent, `what is told is of ${group.most} processes of the target together`]
  const unseen = (): readonly string[] =>
    group.lost.map((lost) => `process ${lost} of the target ended while it was watched`)
  return { outside: group, doubts, unseen, isOneOfMany: () => false }
}
