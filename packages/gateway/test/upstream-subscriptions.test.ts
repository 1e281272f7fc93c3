import { describe, expect, test } from 'vitest'
import { SubscriptionHub } from '../src/subscription-hub.ts'
import { UpstreamSubscriptions } from '../src/upstream-subscriptions.ts'

const session = () => ({ deliver: () => undefined })

/** Two backends: A owns the URIs that begin with "a", B all others, unless `owners` says otherwise. */
function create() {
  const log: string[] = []
  const state = { fails: false }
  const owners = new Map<string, string | undefined>()
  const ownerOf = (uri: string) => (owners.has(uri) ? owners.get(uri) : uri.startsWith('a') ? 'A' : 'B')
  const say = async (what: string) => {
    await new Promise((resolve) => setImmediate(resolve))
    if (state.fails) throw new Error('refused')
    log.push(what)
  }
  const hub = new SubscriptionHub()
  const subscriptions = new UpstreamSubscriptions(hub, {
    ownerOf,
    subscribe: (backend, uri) => say(`${backend}+${uri}`),
    unsubscribe: (backend, uri) => say(`${backend}-${uri}`),
  })
  return { hub, subscriptions, log, state, owners }
}

describe('UpstreamSubscriptions', () => {
  test('two sessions at the same moment make one subscription upstream', async () => {
    const { subscriptions, log } = create()
    const [one, two] = [session(), session()]
    await Promise.all([subscriptions.subscribe('a', one), subscriptions.subscribe('a', two)])
    expect(log).toEqual(['A+a'])
    await subscriptions.dropSubscriber(one)
    expect(log).toEqual(['A+a'])
    await subscriptions.dropSubscriber(two)
    expect(log).toEqual(['A+a', 'A-a'])
    expect(subscriptions.size).toBe(0)
  })

  test('a session that comes as the last one leaves is subscribed in the end', async () => {
    const { subscriptions, log } = create()
    const [one, two] = [session(), session()]
    await subscriptions.subscribe('a', one)
    const left = subscriptions.unsubscribe('a', one)
    await subscriptions.subscribe('a', two)
    await left
    expect(log.at(-1)).toBe('A+a')
    expect(subscriptions.size).toBe(1)
  })

  test('a refused subscription leaves no subscriber behind, and can be tried again', async () => {
    const { hub, subscriptions, log, state } = create()
    state.fails = true
    await expect(subscriptions.subscribe('a', session())).rejects.toThrow('refused')
    expect(hub.has('a')).toBe(false)
    state.fails = false
    await subscriptions.subscribe('a', session())
    expect(log).toEqual(['A+a'])
  })

  test('restores what is wanted at a backend that forgot, and touches no other', async () => {
    const { subscriptions, log } = create()
    await subscriptions.subscribe('a', session())
    await subscriptions.subscribe('b', session())
    subscriptions.forget('A')
    await subscriptions.restore('A')
    expect(log).toEqual(['A+a', 'B+b', 'A+a'])
  })

  test('restores nothing at a backend that has not forgotten', async () => {
    const { subscriptions, log } = create()
    await subscriptions.subscribe('a', session())
    await subscriptions.restore('A')
    expect(log).toEqual(['A+a'])
  })

  test('subscribes again what a backend no longer listed when it came back, once it lists it again', async () => {
    const { subscriptions, log, owners } = create()
    await subscriptions.subscribe('a', session())
    owners.set('a', undefined)
    subscriptions.forget('A')
    await subscriptions.restore('A')
    expect([log, subscriptions.size]).toEqual([['A+a'], 0])
    owners.delete('a')
    await subscriptions.restore('A')
    expect(log).toEqual(['A+a', 'A+a'])
  })

  test('follows a resource to another backend', async () => {
    const { subscriptions, log, owners } = create()
    await subscriptions.subscribe('a', session())
    owners.set('a', 'B')
    await subscriptions.restore('B')
    expect(log).toEqual(['A+a', 'A-a', 'B+a'])
  })

  test('says what it could not restore, and why, and tries that again the next time', async () => {
    const { subscriptions, log, state } = create()
    await subscriptions.subscribe('a', session())
    subscriptions.forget('A')
    state.fails = true
    await expect(subscriptions.restore('A')).rejects.toThrow('1 of 1 subscriptions not restored, such as a: refused')
    state.fails = false
    await subscriptions.restore('A')
    expect(log).toEqual(['A+a', 'A+a'])
  })
})
