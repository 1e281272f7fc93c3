/**
 * The same with memlab: `node memlab-process.ts <file> parse|load`. `parse` only reads the file; `load` is what its users call, and also finds
 * dominators and retained sizes.
 */
import memlab, { type IHeapSnapshot } from '@memlab/core'
import heapAnalysis from '@memlab/heap-analysis'

const [file = '', how] = process.argv.slice(2)
memlab.config.muteConsole = true
const startMs = performance.now()
const startCpu = process.cpuUsage()
const heap: IHeapSnapshot =
  how === 'parse'
    ? await memlab.utils.getSnapshotFromFile(file, { buildNodeIdIndex: false })
    : await heapAnalysis.getFullHeapFromFile(file)
let objects = 0
let sessions = 0
heap.nodes.forEach(({ type, name }) => {
  objects++
  if (type === 'object' && name === 'Session') sessions++
})
const seconds = (performance.now() - startMs) / 1000
const { user, system } = process.cpuUsage(startCpu)
const cpuSeconds = (user + system) / 1e6
const peakBytes = process.resourceUsage().maxRSS * 1024
process.stdout.write(JSON.stringify({ seconds, cpuSeconds, peakBytes, objects, sessions }))
