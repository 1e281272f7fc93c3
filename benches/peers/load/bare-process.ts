/**
 * The least that a client in Node can do: `node bare-process.ts <url> <connections> <seconds>`. It sends, takes whatever comes for one whole answer,
 * and sends again: nothing is parsed, timed or counted but the answers. Prints the rate, which no real client can exceed.
 */
import { connect } from 'node:net'

const READ_BYTES = 65_536

const [url = '', connections = '1', seconds = '1'] = process.argv.slice(2)
const { hostname, port, host, pathname } = new URL(url)
const request = `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
const buffer = Buffer.allocUnsafeSlow(READ_BYTES)
let answers = 0
for (let count = 0; count < Number(connections); count++) {
  const callback = (): boolean => {
    answers++
    socket.write(request, 'latin1')
    return true
  }
  const socket = connect({ host: hostname, port: Number(port), onread: { buffer, callback } })
  socket.setNoDelay(true)
  socket.once('connect', () => socket.write(request, 'latin1'))
}
setTimeout(() => {
  process.stdout.write(JSON.stringify(answers / Number(seconds)))
  process.exit(0)
}, 1000 * Number(seconds))
