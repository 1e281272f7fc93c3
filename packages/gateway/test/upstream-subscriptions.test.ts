import { describe, expect, test } from 'vitest'
import { SubscriptionHub } from '../src/subscription-hub.ts'
import { UpstreamSubscriptions } from '../src/upstream-subscriptions.ts'

const session = () => ({ deliver: () => undefined })

function create() {
  const log: string[] = []
  const state = { fails: false }
  const say = async (what: string) => {
    await new Promise((resolve) => setImmediate(resolve))
    if (state.fails) throw new Error('refused')
    log.push(what)
  }
  const hub = new SubscriptionHub()
  const subscriptions = new UpstreamSubscriptions(hub, {
    subscribe: (uri) => say(`+${uri}`),
    unsubscribe: (uri) => say(`-${uri}`),
  })
  return { hub, subscriptions, log, state }
}

describe('UpstreamSubscriptions', () => {
  test('two sessions at the same moment make one subscription upstream', async () => {
    const { subscriptions, log } = create()
    const [one, two] = [session(), session()]
    await Promise.all([subscriptions.subscribe('a', one), subscriptions.subscribe('a', two)])
    expect(log).toEqual(['+a'])
    await subscriptions.dropSubscriber(one)
    expect(log).toEqual(['+a'])
    await subscriptions.dropSubscriber(two)
    expect(log).toEqual(['+a', '-a'])
    expect(subscriptions.size).toBe(0)
  })

  test('a session that comes as the last one leaves is subscribed in the end', async () => {
    const { subscriptions, log } = create()
    const [one, two] = [session(), session()]
    await subscriptions.subscribe('a', one)
    const left = subscriptions.unsubscribe('a', one)
    await subscriptions.subscribe('a', two)
    await left
    expect(log.at(-1)).toBe('+a')
    expect(subscriptions.size).toBe(1)
  })

  test('a refused subscription leaves no subscriber behind, and can be tried again', async () => {
    const { hub, subscriptions, log, state } = create()
    state.fails = true
    await expect(subscriptions.subscribe('a', session())).rejects.toThrow('refused')
    expect(hub.has('a')).toBe(false)
    state.fails = false
    await subscriptions.subscribe('a', session())
    expect(log).toEqual(['+a'])
  })

  test('restores what is wanted at a backend that forgot, and touches no other', async () => {
    const { subscriptions, log } = create()
    await subscriptions.subscribe('a', session())
    await subscriptions.subscribe('b', session())
    await subscriptions.restore((uri) => uri === 'a')
    expect(log).toEqual(['+a', '+b', '+a'])
  })
})
