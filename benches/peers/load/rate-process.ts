/** An open loop of ours: `node rate-process.ts <url> <rate> <seconds>`. Prints how late it was. */
import { LoadGenerator } from '@gw/perf-kit'

const [url = '', rate = '1', seconds = '1'] = process.argv.slice(2)
const level = Number(rate)
const generator = new LoadGenerator({
  url,
  loop: 'open',
  arrivals: 'poisson',
  warmupNs: 1e9,
  phases: [{ from: level, to: level, durationNs: (1 + Number(seconds)) * 1e9 }],
})
const { times, responseOk, offered, isComplete } = await generator.run()
const lagNs = [50, 99, 99.9].map((percentile) => times.sendLag.getValueAtPercentile(percentile))
process.stdout.write(JSON.stringify({ offered, succeeded: isComplete ? responseOk.totalCount : 0, lagNs }))
