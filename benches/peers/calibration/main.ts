/**
 * How often is a verdict wrong, on this machine? Whole comparisons of the gateway's real benchmarks, measured and judged as
 * `bench --against HEAD` does: of the same code, and with a known slowdown put into the code of one side.
 *
 *   pnpm bench:calibrate --aa 300                     false regressions
 *   pnpm bench:calibrate --slowdown 0.05 --count 100  power
 *   pnpm bench:calibrate                              the tables of what has been recorded
 *
 * Records are appended to docs/data/calibration.jsonl; what is there counts towards the numbers asked for.
 */
import { parseArgs } from 'node:util'
import { runCalibration } from './run-calibration.ts'

const { values } = parseArgs({
  options: {
    aa: { type: 'string' },
    slowdown: { type: 'string' },
    count: { type: 'string', default: '100' },
    sequential: { type: 'boolean', default: false },
    data: { type: 'string', default: 'docs/data/calibration.jsonl' },
  },
})

/** @throws {RangeError} for what is no number in the range */
function numberOf(flag: string, text: string, isUsable: (value: number) => boolean): number {
  const value = Number(text)
  if (text.trim() !== '' && isUsable(value)) return value
  throw new RangeError(`--${flag} ${text}: give ${flag === 'slowdown' ? 'a ratio such as 0.05' : 'a whole number'}`)
}
const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0
const isRatio = (value: number): boolean => value > 0 && value < 10

const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interruption.abort())

try {
  const summary = await runCalibration({
    sameCode: values.aa === undefined ? 0 : numberOf('aa', values.aa, isCount),
    slowdown:
      values.slowdown === undefined
        ? undefined
        : {
            ratio: numberOf('slowdown', values.slowdown, isRatio),
            comparisons: numberOf('count', values.count, isCount),
          },
    withSequential: values.sequential,
    dataFile: values.data,
    say: (line) => process.stderr.write(`${line}\n`),
    signal: interruption.signal,
  })
  process.stdout.write(summary)
} catch (error) {
  if (!interruption.signal.aborted) throw error
  process.stderr.write('interrupted: what was recorded stays, and the same command goes on from there\n')
  process.exitCode = 130
}
