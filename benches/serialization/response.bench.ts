import { parseMessage, serializeMessage } from '@gw/gateway/json-rpc'
import { defineBench } from '@gw/perf-kit/config'
import { MESSAGE_SIZES, resultOfSize } from './payload.ts'

export default [
  defineBench({
    name: 'response parse',
    args: { size: MESSAGE_SIZES },
    setup: ({ size }) => Buffer.from(serializeMessage(resultOfSize(size))),
    fn: (body) => parseMessage(body),
  }),
  defineBench({
    name: 'response serialize',
    args: { size: MESSAGE_SIZES },
    setup: ({ size }) => resultOfSize(size),
    fn: (message) => serializeMessage(message),
  }),
]
