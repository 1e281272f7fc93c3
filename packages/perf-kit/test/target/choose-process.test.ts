import { expect, it } from 'vitest'
import type { AgentIdentity } from '../../src/target/agent/messages.ts'
import { chooseProcess } from '../../src/target/choose-process.ts'

function found(pid: number, parentPid: number, ports: readonly number[], listens = ports.length > 0): AgentIdentity {
  const limits = { heapLimitBytes: 4e9, oldLimitBytes: 4e9 }
  return { pid, parentPid, nodeVersion: 'v24.0.0', script: `${pid}.js`, ports, listens, ...limits }
}

const chosen = (pid: number, others = 0) => ({ pid, others })

it.each([
  ['the only one', [found(10, 1, [80])], 80, chosen(10)],
  ['the one on the port, not the one that was started', [found(10, 1, [81]), found(11, 10, [80])], 80, chosen(11)],
  [
    'the one on the port, although others were started later',
    [found(10, 1, [80]), found(11, 10, [81])],
    80,
    chosen(10),
  ],
  [
    'of a parent and its workers on the same port the oldest worker',
    [found(10, 1, [80]), found(12, 10, [80]), found(11, 10, [80])],
    80,
    chosen(11, 2),
  ],
  [
    'one that does not tell its ports, when nobody is known to be on it',
    [found(10, 1, []), found(11, 10, [], true)],
    80,
    chosen(11),
  ],
  ['one that tells its ports before one that does not', [found(10, 1, [], true), found(11, 10, [80])], 80, chosen(11)],
  ['without a port whoever listens', [found(10, 1, []), found(11, 10, [99])], undefined, chosen(11)],
  [
    'the one that was started, when nobody listens and no port is known',
    [found(9, 8, []), found(10, 1, [])],
    undefined,
    chosen(10),
  ],
  ['not a circle of numbers that came again', [found(10, 11, [80]), found(11, 10, [80])], 80, chosen(10, 1)],
])('chooses %s', (_title, processes, port, expected) => {
  expect(chooseProcess(processes, { port, startedPid: 10 })).toEqual(expected)
})

it('says who is there when none of them is on the port', () => {
  const reason = chooseProcess([found(10, 1, []), found(11, 10, [81])], { port: 80, startedPid: 10 })
  expect(reason).toBe('none of its processes that have one (10 10.js, 11 11.js) listens on port 80')
})
