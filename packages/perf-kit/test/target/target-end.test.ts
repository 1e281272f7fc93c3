import { describe, expect, it } from 'vitest'
import { PerfKitError } from '../../src/errors/index.ts'
import { explainEnd, TargetProcess } from '../../src/target/index.ts'
import { script } from './agent/agent-target.ts'
import { crashing, endOf, SMALL_HEAP_MIB, smallHeap, startCrashing } from './crashing-target.ts'

const NOTHING_SAID = { stderrTail: '' }

describe('a target that has ended tells why', { concurrent: true }, () => {
  it('when V8 ended it at its heap limit: which, what it had collected last, and how much it was allowed', async () => {
    await using target = await startCrashing('out of heap', {
      command: smallHeap(crashing('out of heap')),
      agent: true,
    })
    const end = await endOf(target)
    expect(end).toMatchObject({ kind: 'out of heap', signal: 'SIGABRT', exitCode: null })
    expect(end.because).toMatch(
      new RegExp(`^it ran out of heap, of ${SMALL_HEAP_MIB} MiB \\(.+\\), and V8 ended it: SIGABRT$`),
    )
    expect(end.evidence).toMatch(/\d+ ms: Mark-Compact .*\n/)
    expect(end.evidence).toMatch(/FATAL ERROR: .* JavaScript heap out of memory$/)
    expect(end.remedy).toContain('--max-old-space-size')
    expect(end.atNs).toBeLessThan(Number(process.hrtime.bigint()))
  })

  it('when that was behind a shell, which makes an exit code of it', async () => {
    const quoted = smallHeap(crashing('out of heap'))
      .map((word) => `'${word.replaceAll("'", `'"'"'`)}'`)
      .join(' ')
    await using target = await startCrashing('out of heap', { command: ['sh', '-c', `${quoted}; exit $?`] })
    const end = await endOf(target)
    expect(end).toMatchObject({ kind: 'out of heap', exitCode: 134 })
    expect(end.because).toContain('V8 ended it: exit code 134, which is SIGABRT')
  })

  it('when it was a child that ran out, and the target ended after it', async () => {
    const child = JSON.stringify(smallHeap(crashing('out of heap')))
    const source = `const [node, ...args] = ${child}
      require('node:child_process').spawn(node, args, { stdio: 'inherit' }).on('exit', () => process.exit(1))`
    await using target = await startCrashing('out of heap', { command: script(source) })
    const end = await endOf(target)
    expect(end).toMatchObject({ kind: 'out of heap', exitCode: 1 })
    expect(end.because).toMatch(/^one of its processes ran out of heap \(/)
  })

  it('when a worker thread came to a limit of its own', async () => {
    await using target = await startCrashing('worker')
    const end = await endOf(target)
    expect(end).toMatchObject({ kind: 'out of heap', exitCode: 1 })
    expect(end.because).toContain('of a worker thread')
  })

  it.each([
    ['error', 'TypeError: no such thing'],
    ['rejection', 'RangeError: too far'],
    ['text', 'only a text'],
  ] as const)('when nobody caught what was thrown: %s', async (deed, message) => {
    await using target = await startCrashing(deed)
    const end = await endOf(target)
    expect(end).toMatchObject({ kind: 'exception', exitCode: 1, signal: null })
    expect(end.because).toContain(message)
    expect(end.evidence).toContain(message)
  })

  it('when it ended itself', async () => {
    await using target = await startCrashing('exit')
    const end = await endOf(target)
    expect(end).toMatchObject({ kind: 'exit', exitCode: 3, because: 'it ended itself: exit code 3' })
  })

  it('when it only speaks of an end like that, and ends well', async () => {
    await using target = await startCrashing('says so')
    expect(await endOf(target)).toMatchObject({ kind: 'exit', exitCode: 0 })
  })

  it('when it crashed', async () => {
    await using target = await startCrashing('abort')
    const end = await endOf(target)
    expect(end).toMatchObject({ kind: 'signal', signal: 'SIGABRT' })
    expect(end.because).toMatch(/^it crashed \(SIGABRT\)/)
  })

  it.each(['SIGKILL', 'SIGTERM'] as const)('when somebody else ended it with %s', async (signal) => {
    await using target = await startCrashing('quiet exit')
    process.kill(target.pid, signal)
    await target.exit
    const end = await target.explainEnd()
    expect(end).toMatchObject({ kind: 'signal', signal })
    expect(end?.because).toContain('somebody else')
  })

  it('and has not, as long as it runs', async () => {
    await using target = await startCrashing('quiet exit')
    expect(await target.explainEnd()).toBeUndefined()
    expect(target.end).toBeUndefined()
  })

  it('when it was we who asked it to end', async () => {
    const target = await startCrashing('quiet exit')
    await target.stop()
    expect(await target.explainEnd()).toMatchObject({ kind: 'signal', because: 'it ended when it was asked to' })
  })

  it('when it did not listen to that, and was killed: that is no riddle', async () => {
    const source = `process.on('SIGTERM', () => {}); ${crashing('quiet exit')}`
    const target = await startCrashing('quiet exit', { command: script(source), stopTimeoutNs: 0.3e9 })
    await target.stop()
    const end = await target.explainEnd()
    expect(end).toMatchObject({ kind: 'signal', signal: 'SIGKILL' })
    expect(end?.because).toBe('it did not end when it was asked to (SIGTERM), and was killed')
  })

  it('when it ran out of heap before it was ready', async () => {
    const source = 'const kept = []; for (;;) kept.push(Array.from({ length: 1000 }, (_, index) => ({ index })))'
    const started = TargetProcess.start({ command: smallHeap(source), ready: { log: /never/ } })
    const error = await started.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(PerfKitError)
    expect(String(error)).toMatch(/ended with SIGABRT before it was ready: it ran out of heap \(/)
  })
})

describe('an end is explained by its evidence', () => {
  const KILLED = { exitCode: null, signal: 'SIGKILL', ...NOTHING_SAID }

  it('as the kernel’s doing, when it has killed in the control group meanwhile, and on the machine with a doubt', () => {
    const inGroup = explainEnd({ ...KILLED, kernelKills: { group: 1, groupLimitHits: 3, machine: 1 } })
    expect(inGroup.kind).toBe('killed by the kernel')
    expect(inGroup.because).toContain('its control group had come to its memory limit')
    // Whoever is killed because the machine has nothing left counts in its group too, which need not have a limit.
    for (const kernelKills of [
      { group: 0, machine: 2 },
      { group: 1, machine: 1 },
      { group: 1, groupLimitHits: 0, machine: 1 },
    ]) {
      const onMachine = explainEnd({ ...KILLED, kernelKills })
      expect(onMachine.kind).toBe('killed by the kernel')
      expect(onMachine.because).toContain('as far as can be told')
    }
  })

  it('as somebody else’s, when the kernel has killed nobody, and as nobody knows whose where it does not tell', () => {
    const other = explainEnd({ ...KILLED, kernelKills: { group: 0, machine: 0 } })
    expect(other.because).toContain('the kernel says that it has killed nobody')
    expect(explainEnd(KILLED).because).toContain('this system does not tell')
    expect(explainEnd(KILLED).kind).toBe('signal')
  })

  it('as ours also of a target that the kernel killed others beside', () => {
    const end = explainEnd({ ...KILLED, kernelKills: { group: 1, machine: 1 }, stopped: 'killed' })
    expect(end.because).toContain('was killed')
    expect(end.kind).toBe('signal')
  })

  it.each([
    ['its heap', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n'],
    [
      'an error',
      "/app/worker.js:3\n  throw new TypeError('no')\n  ^\n\nTypeError: no\n    at run (/app/worker.js:3:9)\n\nNode.js v24.21.0\n",
    ],
  ])('not by the words of a child that had died of %s long before', (_title, stderrTail) => {
    expect(explainEnd({ exitCode: null, signal: 'SIGTERM', stderrTail }).kind).toBe('signal')
    expect(explainEnd({ exitCode: null, signal: 'SIGKILL', stderrTail }).kind).toBe('signal')
    const kernelKills = { group: 1, groupLimitHits: 1, machine: 1 }
    expect(explainEnd({ exitCode: null, signal: 'SIGKILL', stderrTail, kernelKills }).kind).toBe('killed by the kernel')
    expect(explainEnd({ exitCode: 143, signal: null, stderrTail }).kind).toBe('signal')
    expect(explainEnd({ exitCode: 0, signal: null, stderrTail }).kind).toBe('exit')
  })

  it('as memory that the system did not give', () => {
    const stderrTail = 'FATAL ERROR: Zone Allocation failed - process out of memory\n'
    const end = explainEnd({ exitCode: null, signal: 'SIGABRT', stderrTail })
    expect(end).toMatchObject({ kind: 'out of memory', evidence: stderrTail.trim() })
    expect(end.because).toContain('(Zone)')
  })

  it('as a promise that nothing could settle', () => {
    expect(explainEnd({ exitCode: 13, signal: null, ...NOTHING_SAID }).because).toContain('nothing could settle')
  })

  it('as an exit, where an error was only told of long before it', () => {
    const stderrTail = 'Error: of a request\n    at handle (server.js:3:9)\nstopping\n'
    expect(explainEnd({ exitCode: 5, signal: null, stderrTail })).toMatchObject({ kind: 'exit', evidence: '' })
  })
})
