/** Our own generator as others would be started: `node own-process.ts <url> <connections> <seconds>`. Prints the rate. */
import { LoadGenerator } from '@gw/perf-kit'

const [url = '', connections = '1', seconds = '1'] = process.argv.slice(2)
const durationNs = Number(seconds) * 1e9
const level = Number(connections)
const generator = new LoadGenerator({ url, loop: 'closed', phases: [{ from: level, to: level, durationNs }] })
const result = await generator.run()
const failed = result.failed > 0 || !result.isComplete
process.stdout.write(JSON.stringify(failed ? Number.NaN : (result.finished * 1e9) / result.measuredNs))
