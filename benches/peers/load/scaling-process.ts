/** Requests by so many threads: `node scaling-process.ts <url> <connections> <seconds> <threads>`. Prints requests, their rate, and the processor time they took. */
import { LoadGenerator } from '@gw/perf-kit'

const [url = '', connections = '1', seconds = '1', threads = '1'] = process.argv.slice(2)
const level = Number(connections)
const generator = new LoadGenerator({
  url,
  loop: 'closed',
  threads: Number(threads),
  phases: [{ from: level, to: level, durationNs: Number(seconds) * 1e9 }],
})
const { responseOk, finished, goodputPerSec } = await generator.run()
const { user, system } = process.cpuUsage()
const requests = responseOk.totalCount === finished ? finished : 0
process.stdout.write(JSON.stringify({ requests, perSec: goodputPerSec, cpuUs: user + system }))
