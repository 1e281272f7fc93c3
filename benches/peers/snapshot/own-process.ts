/** Counts the classes of a heap snapshot: `node own-process.ts <file>`. Prints what it found, how long it took, and its memory. */
import { summarizeHeapSnapshot } from '@gw/perf-kit'

const [file = ''] = process.argv.slice(2)
const startMs = performance.now()
const startCpu = process.cpuUsage()
const { classes, count } = await summarizeHeapSnapshot(file)
const seconds = (performance.now() - startMs) / 1000
const { user, system } = process.cpuUsage(startCpu)
const cpuSeconds = (user + system) / 1e6
const sessions = classes.find(({ type, name }) => type === 'object' && name === 'Session')?.count ?? 0
const peakBytes = process.resourceUsage().maxRSS * 1024
process.stdout.write(JSON.stringify({ seconds, cpuSeconds, peakBytes, objects: count, sessions }))
