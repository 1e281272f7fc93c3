import { SubscriptionHub } from '@gw/gateway/subscription-hub'
import { defineBench } from '@gw/perf-kit/config'

class Inbox {
  bytes = 0

  deliver(event: string): void {
    // Kept a small integer: beyond 2^31 V8 would box it, and some forks would allocate where others do not.
    this.bytes = (this.bytes + event.length) | 0
  }
}

const URI = 'test://resource/1'
const EVENT = `event: message\ndata: {"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"${URI}"}}\n\n`

export default [
  defineBench({
    name: 'fan-out',
    args: { subscribers: [1, 10, 100, 1_000] },
    setup: ({ subscribers }) => {
      const hub = new SubscriptionHub<Inbox>()
      for (let index = 0; index < subscribers; index++) hub.subscribe(URI, new Inbox())
      return hub
    },
    fn: (hub) => hub.fanOut(URI, EVENT),
  }),
  defineBench({
    name: 'subscribe and drop',
    setup: () => ({ hub: new SubscriptionHub<Inbox>(), inbox: new Inbox() }),
    fn: ({ hub, inbox }) => {
      hub.subscribe(URI, inbox)
      return hub.dropSubscriber(inbox)
    },
  }),
]
