/** MCP calls by our generator: `node own-calls-process.ts <url> <tool> <clients> <seconds> <threads>`. Prints calls, and the processor time they took. */
import { LoadGenerator } from '@gw/perf-kit'

const [url = '', tool = '', clients = '1', seconds = '1', threads = '1'] = process.argv.slice(2)
const level = Number(clients)
const generator = new LoadGenerator({
  url,
  mcp: { method: 'tools/call', params: { name: tool, arguments: {} } },
  loop: 'closed',
  threads: Number(threads),
  phases: [{ from: level, to: level, durationNs: Number(seconds) * 1e9 }],
})
const { responseOk, finished, goodputPerSec } = await generator.run()
const { user, system } = process.cpuUsage()
const calls = responseOk.totalCount === finished ? finished : 0
process.stdout.write(JSON.stringify({ calls, goodputPerSec, cpuUs: user + system }))
