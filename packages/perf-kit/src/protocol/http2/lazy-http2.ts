/** HTTP/2 of Node, loaded by who speaks it: other loads do not pay for it. */
export function loadHttp2(): typeof import('node:http2') {
  return process.getBuiltinModule('node:http2')
}
