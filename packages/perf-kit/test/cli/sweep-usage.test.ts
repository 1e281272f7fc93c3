import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import { sweepCapacity } from '../../src/cli/capacity-sweep.ts'
import { refuseOfSweeps, type SweepFlags } from '../../src/cli/sweep-flags.ts'
import { sweepOption } from '../../src/cli/sweep-option.ts'
import { commandAt, flagsAt, placeOf, type SweptThings } from '../../src/cli/sweep-places.ts'
import { refusal } from '../stats/refusal.ts'

const DEAD = 'http://127.0.0.1:1/'
const things = (changes: Partial<SweptThings>): SweptThings => ({ url: DEAD, flags: {}, ...changes })
const value = { value: 3, text: '3' }

describe('--sweep', () => {
  it('is a name and numbers, or sizes with their units', () => {
    expect(sweepOption('clients=1, 2,4')).toEqual({
      name: 'clients',
      unit: 'count',
      values: [
        { value: 1, text: '1' },
        { value: 2, text: '2' },
        { value: 4, text: '4' },
      ],
    })
    expect(sweepOption('size=100B,1kB').values.map((each) => each.value)).toEqual([100, 1000])
    expect(sweepOption('size=100B,1kB').unit).toBe('bytes')
  })

  it.each(['clients', 'clients=', '=1,2', 'clients=1,two', 'size=100,1kB', 'a b=1,2', 'clients=1;2'])(
    'is not %s',
    (text) => {
      expect(() => sweepOption(text)).toThrow(InvalidArgumentError)
    },
  )
})

describe('where a value goes', () => {
  it('is told by the name, by what is asked, and by the target', () => {
    const pool = sweepOption('pool=1,2')
    expect(placeOf(sweepOption('clients=1,2'), things({}))).toBe('clients')
    expect(placeOf(sweepOption('size=1kB,2kB'), things({}))).toBe('body')
    expect(placeOf(pool, things({ url: `${DEAD}{pool}` }))).toBe('request')
    expect(placeOf(pool, things({ flags: { mix: ['call a-{1..pool}'] } }))).toBe('request')
    expect(placeOf(pool, things({ flags: { arguments: { n: '{pool}' } } }))).toBe('request')
    expect(placeOf(pool, things({ command: ['node', 'x.js', '--pool={pool}'] }))).toBe('command')
    expect(placeOf(pool, things({ command: ['node', 'x.js', '{}'] }))).toBe('command')
    expect(placeOf(pool, things({ command: ['x', '{pool}'], flags: { mix: ['call a-{1..pool}'] } }))).toBe('command')
    expect(placeOf(pool, things({ command: ['node', 'x.js'], parameters: { pool: ['-p', '{}'] } }))).toBe('command')
  })

  it.each([
    ['client', {}, 'client is no parameter of a target that somebody else has started — did you mean "clients"?'],
    ['poll', { command: ['x', '{pool}'] }, 'nothing knows the parameter "poll" — did you mean "pool"?'],
    ['pol', { command: ['x'], parameters: { pool: ['-p', '{}'] } }, 'did you mean "pool"?'],
    ['colour', { command: ['x'] }, 'nothing knows the parameter "colour"'],
    ['constructor', { command: ['x'], parameters: {} }, 'nothing knows the parameter "constructor"'],
  ])('is not known of %s', (name, changes, message) => {
    const refused = refusal(() => placeOf(sweepOption(`${name}=1,2`), things(changes)))
    expect(refused).toMatchObject({ code: 'LOAD_INVALID', message: expect.stringContaining(message) })
    expect(refused.remedy).toMatch(/clients/)
  })

  it('has to be said of a call, which has no body of its own', () => {
    const refused = refusal(() => placeOf(sweepOption('size=1kB,2kB'), things({ flags: { mcp: true } })))
    expect(refused.remedy).toContain('{{payload {size}}}')
  })

  it('is filled with it', () => {
    const at = (command: readonly string[], parameters = {}) => commandAt(command, { name: 'pool', value, parameters })
    expect(at(['x', '--pool={pool}', '{pool}{pool}', '{}'])).toEqual(['x', '--pool=3', '33', '{}'])
    expect(at(['x', '{}', 'a{}'])).toEqual(['x', '3', 'a{}'])
    expect(at(['x'], { pool: ['--size', '{}', 'n{}'] })).toEqual(['x', '--size', '3', 'n3'])
    const flags = {
      body: 'a {n}',
      header: ['x: {n}'],
      arguments: { deep: [{ n: '{n}' }] },
      mix: ['call b-{1..n}', 'ping'],
    }
    expect(flagsAt(flags, 'n', value)).toEqual({
      body: 'a 3',
      header: ['x: 3'],
      arguments: { deep: [{ n: '3' }] },
      mix: ['call b-1, call b-2, call b-3', 'ping'],
    })
  })
})

describe('what goes with a sweep', () => {
  it.each([
    ['a value twice', { sweep: 'clients=4,4' }, 'the value 4 of clients is there twice'],
    ['less than nothing', { sweep: 'clients=-1,2' }, 'clients=-1 is nothing to measure'],
    ['half a client', { sweep: 'clients=1,2.5' }, '2.5 is no number of clients'],
    ['clients beside clients', { sweep: 'clients=1,2', clients: 5 }, '--clients would be one value of'],
    ['repetitions of a URL', { sweep: 'clients=1,2', repeat: 5 }, 'repetitions are of a target that is started anew'],
    ['repetitions and rounds', { sweep: 'clients=1,2', repeat: 5, rounds: 3 }, '--repeat and --rounds both say'],
    ['a baseline of nothing', { sweep: 'clients=1,2', accept: true }, 'repetitions are of a target'],
    ['a reason for nothing', { sweep: 'clients=1,2', reason: 'why' }, '--reason and --author are of what is accepted'],
    ['an objective', { sweep: 'clients=1,2', objective: [] }, 'are of a search for a capacity'],
    ['a number of trials', { sweep: 'clients=1,2', maxTrials: 8 }, 'are of a search for a capacity'],
    ['budgets', { sweep: 'clients=1,2', budget: [] }, 'a sweep has no budgets'],
    ['arrivals', { sweep: 'clients=1,2', arrivals: 'poisson' as const }, '--arrivals and --connections are not for'],
    ['too many clients', { sweep: 'clients=1,90000' }, '90000'],
  ])('is not %s', async (_title, { sweep, ...flags }, message) => {
    const given: SweepFlags = flags
    const refused = sweepCapacity([DEAD], { ...given, sweep: sweepOption(sweep) }, process)
    await expect(refused).rejects.toMatchObject({ code: 'LOAD_INVALID', message: expect.stringContaining(message) })
  })

  it('is told when there is none', () => {
    expect(refusal(() => refuseOfSweeps({ rounds: 3 }, [])).message).toContain('are of a sweep')
    expect(refusal(() => refuseOfSweeps({}, ['node', 'x.js'])).message).toContain('are of a sweep')
    expect(() => refuseOfSweeps({ quiet: true }, [])).not.toThrow()
  })

  it('is a URL, or a command with its words', async () => {
    const refused = sweepCapacity(['example'], { sweep: sweepOption('clients=1,2') }, process)
    await expect(refused).rejects.toMatchObject({ message: 'example is no URL, and no command with its arguments' })
  })
})
