/**
 * One comparison in a process that has made none before, as a command line makes it; prints wall and processor time, ns.
 *
 * Usage: node first-comparison-process.ts <folder of baselines> <entries>
 */
import { BaselineManager } from '@gw/perf-kit'
import { runOfEntries } from './stored-entries.ts'

const NS_PER_US = 1e3

const [directory = '', entries = ''] = process.argv.slice(2)
const manager = new BaselineManager({ directory })
const run = runOfEntries(Number(entries), 'new')
const startNs = process.hrtime.bigint()
const startCpu = process.cpuUsage()
const { verdicts } = await manager.compare(run)
const wallNs = Number(process.hrtime.bigint() - startNs)
const { user, system } = process.cpuUsage(startCpu)
if (verdicts.length !== Number(entries)) throw new Error(`${verdicts.length} verdicts on ${entries} entries`)
process.stdout.write(JSON.stringify({ wallNs, cpuNs: (user + system) * NS_PER_US }))
