import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { type Metric, parseRun, type Run } from '@gw/perf-kit'
import { describe, expect, it } from 'vitest'
import { profileOf } from '../profile.ts'

const { shortMs } = profileOf(process.env)
const PERF_KIT = resolve(import.meta.dirname, '../../../packages/perf-kit/src/cli/main.ts')
const GATEWAY = [process.execPath, resolve(import.meta.dirname, '../../../packages/gateway/src/main.ts'), '--port', '0']

/** The command line as a user starts it, of the reference gateway. */
async function sweepGateway(args: readonly string[], gateway: readonly string[]): Promise<Run> {
  const each = ['-d', `${shortMs / 2}ms`, '--warmup', '500ms', '--rounds', '1', '-q', '--json', '--mcp']
  const words = [PERF_KIT, 'capacity', ...args, ...each, '--', ...GATEWAY, ...gateway]
  const stdout = await new Promise<string>((onEnd) => {
    execFile(process.execPath, words, { maxBuffer: 2 ** 28 }, (_error, text) => onEnd(text))
  })
  return parseRun(stdout, 'stdout')
}

const find = ({ metrics }: Run, label: string, name: string): Metric | undefined =>
  metrics.find((metric) => metric.subject.endsWith(label) && metric.name === name)
const value = (run: Run, label: string, name: string): number => find(run, label, name)?.value ?? Number.NaN
const told = ({ warnings }: Run, code: string): string =>
  warnings
    .filter((warning) => warning.code === code)
    .map(({ message }) => message)
    .join('\n')

describe('5.3.3 test connection pool scaling', () => {
  it('are what limits the gateway before a slow backend, until there are enough of them', async () => {
    const run = await sweepGateway(
      ['--sweep', 'pool=1,2,4,64', '-c', '16', '--call', 'backend-1__tool-1'],
      ['--backends', '1', '--backend-latency', 'fixed:20ms', '--pool-size', '{pool}', '--acquire-timeout', '30s'],
    )
    expect(run.failures).toEqual([])
    expect(value(run, 'pool=2', 'efficiency')).toBeGreaterThan(0.65)
    expect(value(run, 'pool=4', 'efficiency')).toBeGreaterThan(0.6)
    // Of 64, no more than 16 have a client: a quarter.
    expect(value(run, 'pool=64', 'efficiency')).toBeLessThan(0.45)
    expect(told(run, 'LIMITED_BY')).toMatch(
      /^pool 1, 2, 4: limited by connections of a pool, acquire \(.+ % of requests’ time in acquire, /,
    )
    expect(told(run, 'LIMITED_BY')).toMatch(/^pool 64: (?!limited by connections of a pool)/m)
  })
})

describe('5.3.2 test horizontal scaling effect: backends', () => {
  it('share the calls of a mix that goes to all of them', async () => {
    const run = await sweepGateway(
      ['--sweep', 'backends=1,2', '-c', '16', '--mix', 'call backend-{1..backends}__tool-1'],
      ['--backends', '{backends}', '--backend-latency', 'fixed:20ms', '--pool-size', '2', '--acquire-timeout', '30s'],
    )
    expect(value(run, 'backends=2', 'speedup')).toBeGreaterThan(1.3)
    expect(value(run, 'backends=2', 'errorRatio')).toBe(0)
    expect(run.metrics.some(({ subject }) => subject.endsWith('› tools/call backend-2__tool-1'))).toBe(true)
  })
})

describe('5.3.2 test horizontal scaling effect: gateway processes', () => {
  it('take calls side by side, and the processors that they take are told', async () => {
    const run = await sweepGateway(
      ['--sweep', 'processes=1,2', '-c', '16', '--call', 'backend-1__tool-1'],
      ['--processes', '{processes}', '--backends', '1'],
    )
    expect(value(run, 'processes=2', 'errorRatio')).toBe(0)
    expect(value(run, 'processes=1', 'processCpu main.ts')).toBeGreaterThan(0.05)
    expect(value(run, 'processes=2', 'processCpu worker-main.ts')).toBeGreaterThan(0.05)
    expect(told(run, 'LIMITED_BY')).toMatch(/^processes 1/)
  })
})

describe('5.2.4 test throughput with request size variation', () => {
  it('from 100 B to 1 MB make calls slower, and are all answered', async () => {
    const run = await sweepGateway(
      [
        '--sweep',
        'size=100B,10kB,1MB',
        '-c',
        '4',
        '--call',
        'backend-1__echo',
        '--arguments',
        '{"text":"{{payload {size}}}"}',
      ],
      ['--backends', '1'],
    )
    expect(run.metrics.filter(({ name }) => name === 'sweepValue').map((metric) => metric.value)).toEqual([
      100, 1e4, 1e6,
    ])
    expect(value(run, 'size=1MB', 'errorRatio')).toBe(0)
    expect(value(run, 'size=1MB', 'speedup')).toBeLessThan(0.7)
  })
})
