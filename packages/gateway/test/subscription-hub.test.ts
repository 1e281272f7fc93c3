import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Subscriber, SubscriptionHub } from '../src/subscription-hub.ts'

class Recorder implements Subscriber {
  readonly events: string[] = []
  deliver(event: string): void {
    this.events.push(event)
  }
}

describe('SubscriptionHub', () => {
  test('tells the first subscriber of a URI and the last one to leave', () => {
    const hub = new SubscriptionHub<Recorder>()
    const [one, two] = [new Recorder(), new Recorder()]
    expect(hub.subscribe('a', one)).toBe(true)
    expect(hub.subscribe('a', two)).toBe(false)
    expect(hub.unsubscribe('a', one)).toBe(false)
    expect(hub.unsubscribe('a', two)).toBe(true)
    expect(hub.size).toBe(0)
  })

  test('counts a subscriber once, however often it subscribes', () => {
    const hub = new SubscriptionHub<Recorder>()
    const one = new Recorder()
    hub.subscribe('a', one)
    expect(hub.subscribe('a', one)).toBe(false)
    expect(hub.fanOut('a', 'event')).toBe(1)
    expect(hub.unsubscribe('a', one)).toBe(true)
    expect(hub.unsubscribe('a', one)).toBe(false)
  })

  test('delivers to all who subscribed to the URI, and to nobody else', () => {
    const hub = new SubscriptionHub<Recorder>()
    const [one, two, other] = [new Recorder(), new Recorder(), new Recorder()]
    hub.subscribe('a', one)
    hub.subscribe('a', two)
    hub.subscribe('b', other)
    expect(hub.fanOut('a', 'event')).toBe(2)
    expect(hub.fanOut('nobody', 'event')).toBe(0)
    expect([one.events, two.events, other.events]).toEqual([['event'], ['event'], []])
  })

  test('a subscriber that goes takes only its own subscriptions along', () => {
    const hub = new SubscriptionHub<Recorder>()
    const [one, two] = [new Recorder(), new Recorder()]
    hub.subscribe('shared', one)
    hub.subscribe('shared', two)
    hub.subscribe('own', one)
    expect(hub.dropSubscriber(one)).toEqual(['own'])
    expect(hub.fanOut('shared', 'event')).toBe(1)
    expect(hub.dropSubscriber(one)).toEqual([])
  })

  test('firsts and lasts alternate for each URI, so that nothing stays subscribed upstream', () => {
    const step = fc.record({
      action: fc.constantFrom('subscribe', 'unsubscribe', 'drop'),
      uri: fc.constantFrom('a', 'b'),
      who: fc.nat({ max: 2 }),
    })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const hub = new SubscriptionHub<Recorder>()
        const recorders = [new Recorder(), new Recorder(), new Recorder()]
        const upstream = new Set<string>()
        const leave = (uri: string) => expect(upstream.delete(uri)).toBe(true)
        for (const { action, uri, who } of steps) {
          const subscriber = recorders[who] ?? new Recorder()
          if (action === 'subscribe' && hub.subscribe(uri, subscriber)) {
            expect(upstream.has(uri)).toBe(false)
            upstream.add(uri)
          }
          if (action === 'unsubscribe' && hub.unsubscribe(uri, subscriber)) leave(uri)
          if (action === 'drop') for (const left of hub.dropSubscriber(subscriber)) leave(left)
          expect(new Set(hub.uris())).toEqual(upstream)
        }
      }),
    )
  })
})
