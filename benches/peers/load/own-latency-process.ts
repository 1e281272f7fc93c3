/** Our open loop: `node own-latency-process.ts <url> <rate> <seconds>`. Prints quantiles in ms. */
import { LoadGenerator } from '@gw/perf-kit'

const [url = '', rate = '1', seconds = '1'] = process.argv.slice(2)
const level = Number(rate)
const durationNs = Number(seconds) * 1e9
const generator = new LoadGenerator({ url, loop: 'open', phases: [{ from: level, to: level, durationNs }] })
const { response, failed, isComplete } = await generator.run()
if (failed > 0 || !isComplete) throw new Error(`${failed} requests failed`)
process.stdout.write(JSON.stringify([50, 90, 99, 99.9].map((percent) => response.getValueAtPercentile(percent) / 1e6)))
