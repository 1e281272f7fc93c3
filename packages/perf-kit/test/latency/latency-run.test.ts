import { expect, it } from 'vitest'
import { merged } from '../../src/latency/latency-run.ts'
import type { Run, RunNote } from '../../src/run/index.ts'
import { sampleLoadRun } from '../report/sample-load-run.ts'

function levelRun(level: string, ...warnings: readonly RunNote[]): Run {
  const run = sampleLoadRun()
  const metrics = run.metrics.map((metric) => ({ ...metric, subject: `GET / · ${level}` }))
  return { ...run, metrics, warnings: [...warnings] }
}

const note = (code: string, message: string): RunNote => ({ code, message })

it('tells what is the same of all levels once, and what is not with its level', () => {
  const closed = note('CLOSED_LOOP', 'closed')
  const runs = [
    levelRun('1 client', closed, note('FILES_LEFT_OPEN', '9 files')),
    levelRun('2 clients', closed),
    levelRun('3 clients', closed, note('FILES_LEFT_OPEN', '12 files')),
  ]
  const { warnings } = merged(runs, { durationNs: 1e9, budgets: [], isWhole: true, doubts: [] })
  expect(warnings).toEqual([
    closed,
    note('FILES_LEFT_OPEN', '1 client: 9 files'),
    note('FILES_LEFT_OPEN', '3 clients: 12 files'),
  ])
})
