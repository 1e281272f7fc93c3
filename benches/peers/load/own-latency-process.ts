/** An open loop: `node own-latency-process.ts <url> <rate> <seconds> [engine] [connections]`. Prints quantiles in ms. */
import { createLoadEngine, LOAD_ENGINES } from '@gw/perf-kit'

const [url = '', rate = '1', seconds = '1', name = 'native', connections = '1000'] = process.argv.slice(2)
const engine = LOAD_ENGINES.find((one) => one === name)
if (engine === undefined) throw new Error(`there is no engine ${name}`)
const level = Number(rate)
const phases = [{ from: level, to: level, durationNs: Number(seconds) * 1e9 }]
const load = createLoadEngine(engine, { url, loop: 'open', phases, maxConnections: Number(connections) })
const { response, failed, isComplete } = await load.run()
if (failed > 0 || !isComplete) throw new Error(`${failed} requests failed`)
process.stdout.write(JSON.stringify([50, 90, 99, 99.9].map((percent) => response.getValueAtPercentile(percent) / 1e6)))
