import { parseMessage, serializeMessage } from '@gw/gateway/json-rpc'
import { defineBench } from '@gw/perf-kit/config'
import { MESSAGE_SIZES, requestOfSize } from './payload.ts'

export default [
  defineBench({
    name: 'request parse',
    args: { size: MESSAGE_SIZES },
    setup: ({ size }) => Buffer.from(serializeMessage(requestOfSize(size))),
    fn: (body) => parseMessage(body),
  }),
  defineBench({
    name: 'request serialize',
    args: { size: MESSAGE_SIZES },
    setup: ({ size }) => requestOfSize(size),
    fn: (message) => serializeMessage(message),
  }),
]
