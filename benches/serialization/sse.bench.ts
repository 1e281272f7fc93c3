import { serializeMessage } from '@gw/gateway/json-rpc'
import { encodeSseEvent } from '@gw/gateway/sse'
import { defineBench } from '@gw/perf-kit/config'
import { MESSAGE_SIZES, resultOfSize } from './payload.ts'

export default defineBench({
  name: 'sse frame',
  args: { size: MESSAGE_SIZES },
  setup: ({ size }) => serializeMessage(resultOfSize(size)),
  // The socket's copy belongs to the price: V8 only links the parts of a concatenated string until somebody reads it.
  fn: (data, iteration) => Buffer.from(encodeSseEvent({ id: String(iteration), event: 'message', data })),
})
