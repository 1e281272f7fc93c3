import { describe, expect, it } from 'vitest'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { perfKit } from './perf-kit-process.ts'

describe.concurrent('perf-kit capacity', () => {
  it.each([
    ['a misspelt objective', ['--objective', 'eror<1%'], 'there is no objective "eror" — did you mean "errors"?'],
    ['an objective twice', ['--objective', 'p99<1s,p99<2s'], 'p99 is limited twice'],
    ['an objective without a limit', ['--objective', 'p99'], '"p99" is no limit; write an objective such as'],
    ['no objective', ['--objective', ''], 'is no limit'],
    ['an objective that no number shows', ['--objective', 'errors<0%'], 'no number of requests shows'],
    ['an objective without time', ['--objective', 'p99<0ms'], '"0ms" is no duration'],
    ['a precision without its sign', ['--precision', '3'], 'Write a share such as 3%.'],
    ['a precision of nothing', ['--precision', '0%'], 'a precision must be from 0.5 % to 50 %'],
    ['a rate of nothing', ['--start-rate', '0'], 'Write a rate above 0'],
    [
      'a first rate above the highest',
      ['--start-rate', '9', '--max-rate', '5'],
      'the first rate, 9/s, is above the highest, 5/s',
    ],
    ['less time than it takes', ['--max-duration', '3s'], 'the whole must last as long as 4 trials'],
    ['too few trials', ['--max-trials', '3'], 'trials must be a whole number from 4 to 100'],
    ['a budget', ['--budget', 'p99=1s'], 'Give the limits as --objective.'],
    ['what load knows and capacity does not', ['--rate', '10'], "unknown option '--rate'"],
  ])('refuses %s', async (_title, args, message) => {
    await using project = await TemporaryProject.create({})
    const { exitCode, shown } = await perfKit(project, ['capacity', 'http://127.0.0.1:1/', ...args])
    expect(shown).toContain(message)
    expect(exitCode).toBe(2)
  })
})
