/** HTTP/2 of Node, loaded by the first connection that speaks it: other loads do not pay for it. */
export function loadHttp2(): typeof import('node:http2') {
  return process.getBuiltinModule('node:http2')
}
