import {
  constants,
  type ELDHistogram,
  monitorEventLoopDelay,
  type PerformanceEntry,
  PerformanceObserver,
  performance,
} from 'node:perf_hooks'
import { LoopStalls } from './loop-stalls.ts'
import {
  type AgentMemory,
  type AgentSample,
  DELAY_RESOLUTION_MS,
  type DelaySummary,
  type GcKind,
  type GcPause,
  MOST_PAUSES,
} from './messages.ts'
import { quietly } from './quietly.ts'
import { hrtimeNs, toSharedNs } from './shared-clock.ts'

const NS_PER_MS = 1e6
const NS_PER_US = 1e3

const GC_KINDS: ReadonlyMap<unknown, GcKind> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakCallbacks'],
])

/**
 * What one client sees of this process, from its first sample until it leaves. Node counts natively; JavaScript of ours runs for
 * a sample, once for each batch of pauses, and for a look for stalls.
 */
export class Observation {
  // Two, because Node's interval histograms can be neither merged nor copied.
  readonly #sinceLast = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS })
  readonly #soFar = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS })
  readonly #observer = new PerformanceObserver((list) => quietly(() => this.#note(list.getEntries())))
  readonly #stalls = new LoopStalls()
  #pauses: GcPause[] = []
  #pausesLost = 0
  #lastNs = hrtimeNs()
  #longestSoFarNs = 0

  constructor() {
    this.#sinceLast.enable()
    this.#soFar.enable()
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  sample(restart: boolean): AgentSample {
    this.#note(this.#observer.takeRecords())
    const atNs = hrtimeNs()
    const delay = summaryOf(this.#sinceLast)
    const delaySoFar = summaryOf(this.#soFar)
    const sample: AgentSample = {
      fromNs: this.#lastNs,
      atNs,
      memory: readMemory(),
      cpu: readCpu(),
      loop: readLoop(),
      delay: delaySoFar.maxNs > this.#longestSoFarNs ? { ...delay, maxNs: delaySoFar.maxNs } : delay,
      delaySoFar,
      pauses: this.#pauses,
      pausesLost: this.#pausesLost,
      ...this.#stalls.take(),
    }
    this.#lastNs = atNs
    this.#pauses = []
    this.#pausesLost = 0
    this.#longestSoFarNs = restart ? 0 : delaySoFar.maxNs
    // A reset histogram knows no last look: what began before the next one is missing in it, but not in the other.
    this.#sinceLast.reset()
    if (restart) this.#soFar.reset()
    return sample
  }

  stop(): void {
    this.#sinceLast.disable()
    this.#soFar.disable()
    this.#observer.disconnect()
    this.#stalls.stop()
  }

  #note(entries: readonly PerformanceEntry[]): void {
    for (const entry of entries) {
      if (this.#pauses.length >= MOST_PAUSES) this.#pausesLost++
      else {
        this.#pauses.push({
          kind: kindOf(entry),
          startNs: toSharedNs(entry.startTime),
          durationNs: Math.round(entry.duration * NS_PER_MS),
        })
      }
    }
  }
}

export function readMemory(): AgentMemory {
  const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage()
  return {
    rssBytes: rss,
    heapTotalBytes: heapTotal,
    heapUsedBytes: heapUsed,
    externalBytes: external,
    arrayBuffersBytes: arrayBuffers,
  }
}

function readCpu(): AgentSample['cpu'] {
  const { userCPUTime, systemCPUTime, involuntaryContextSwitches } = process.resourceUsage()
  return {
    userNs: userCPUTime * NS_PER_US,
    systemNs: systemCPUTime * NS_PER_US,
    involuntarySwitches: involuntaryContextSwitches,
  }
}

function readLoop(): AgentSample['loop'] {
  const { idle, active } = performance.eventLoopUtilization()
  return {
    idleNs: Math.round(idle * NS_PER_MS),
    activeNs: Math.round(active * NS_PER_MS),
    turns: performance.nodeTiming.uvMetricsInfo?.loopCount ?? null,
  }
}

/** Node records the time between two looks; what is beyond the resolution is the delay. */
function summaryOf(histogram: ELDHistogram): DelaySummary {
  const { count } = histogram
  const late = (intervalNs: number): number =>
    count === 0 ? 0 : Math.max(0, Math.round(intervalNs) - DELAY_RESOLUTION_MS * NS_PER_MS)
  return {
    count,
    meanNs: late(histogram.mean),
    p50Ns: late(histogram.percentile(50)),
    p99Ns: late(histogram.percentile(99)),
    maxNs: late(histogram.max),
  }
}

function kindOf(entry: PerformanceEntry): GcKind {
  const detail: unknown = 'detail' in entry ? entry.detail : undefined
  const kind = typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : undefined
  return GC_KINDS.get(kind) ?? 'other'
}
