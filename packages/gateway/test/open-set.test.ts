import { describe, expect, it } from 'vitest'
import { OpenSet } from '../src/open-set.ts'

describe('what is open', () => {
  it('is waited for until nothing is', async () => {
    const open = new OpenSet<string>()
    open.add('a')
    open.add('b')
    const events: string[] = []
    const waiting = open.empty(60_000).then(() => events.push('empty'))
    open.delete('a')
    await new Promise(setImmediate)
    events.push('one left')
    open.delete('b')
    await waiting
    expect(events).toEqual(['one left', 'empty'])
    expect(open.size).toBe(0)
  })

  it('is not waited for when it is nothing, nor beyond the deadline', async () => {
    const open = new OpenSet<string>()
    await open.empty(60_000)
    open.add('a')
    await open.empty(10)
    expect(open.size).toBe(1)
  })
})
