import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  LoadGenerator,
  MemoryMonitor,
  type MemorySample,
  readEnvironment,
  type StartedProcess,
  startTarget,
} from '@gw/perf-kit'
import type { CorpusCase } from '../../../tests/performance/fixtures/leaks/corpus.ts'
import { loadOf } from '../../../tests/performance/fixtures/leaks/drive.ts'
import { type Kept, keptBy } from '../../../tests/performance/fixtures/leaks/kept.ts'
import { type CorpusRecord, DRIVEN_SEC, METHOD } from './records.ts'
import { saidOf, storeSamples } from './stored-samples.ts'

const NS_PER_SEC = 1e9
/** Natural collections come when the heap has grown by 24 MB or so: hardly ever within two minutes, in most of these servers. */
const COLLECT_EVERY_NS = 4 * NS_PER_SEC
/** By then caches are filled and code is compiled, most of it. */
const KEPT_FROM_RATIO = 1 / 4

export interface RunContext {
  readonly signal: AbortSignal
  readonly atOnce: number
  /** where samples are kept, if anywhere */
  readonly samplesFolder: string | undefined
}

/** Start it, drive it, watch it, and say what the verdict was. What fails is a record too. @throws when the signal says so */
export async function runCase(corpusCase: CorpusCase, context: RunContext): Promise<CorpusRecord> {
  const { signal, atOnce, samplesFolder } = context
  const startMs = performance.now()
  const at = new Date().toISOString()
  const { samples, ...watched } = await startAndWatch(corpusCase, signal).catch((error: unknown) => {
    signal.throwIfAborted()
    return failed(error)
  })
  const [loadAverage = Number.NaN] = loadavg()
  const record: CorpusRecord = {
    method: METHOD,
    case: corpusCase.name,
    expected: corpusCase.expected,
    ...watched,
    culprit: null,
    seconds: Math.round((performance.now() - startMs) / 100) / 10,
    at,
    environmentId: readEnvironment([]).id,
    atOnce,
    loadAverage,
  }
  if (samplesFolder !== undefined) await storeSamples(samplesFolder, { record, samples })
  return record
}

interface Watched
  extends Pick<
    CorpusRecord,
    'verdict' | 'failure' | 'signals' | 'kept' | 'requests' | 'outcomes' | 'doubts' | 'unseen'
  > {
  readonly samples: readonly MemorySample[]
}

function failed(error: unknown): Watched {
  const failure = error instanceof Error ? error.message : String(error)
  const nothing = { kept: null, requests: 0, outcomes: {}, doubts: [], unseen: [], samples: [] }
  return { verdict: { state: 'inconclusive', because: 'it failed' }, failure, signals: [], ...nothing }
}

async function startAndWatch(corpusCase: CorpusCase, signal: AbortSignal): Promise<Watched> {
  const target = await startTarget({
    command: [process.execPath, '--expose-gc', ...corpusCase.command],
    ready: { log: /listening on (\S+)/ },
    agent: true,
    signal,
  })
  return await watch(target, corpusCase, signal).finally(() => target.stop())
}

async function watch(target: StartedProcess, corpusCase: CorpusCase, outer: AbortSignal): Promise<Watched> {
  const { url, agent, withoutAgent } = target
  if (url === undefined || agent === undefined) throw new Error(`nothing looks inside: ${withoutAgent ?? 'no URL'}`)
  const over = new AbortController()
  const signal = AbortSignal.any([outer, over.signal])
  const generator = new LoadGenerator(loadOf(corpusCase, url, DRIVEN_SEC * NS_PER_SEC))
  const samples: MemorySample[] = []
  const monitor = MemoryMonitor.of(target, {
    load: generator,
    collectEveryNs: COLLECT_EVERY_NS,
    onSample: (sample) => void samples.push(sample),
  }).start()
  try {
    const [result, early] = await Promise.all([
      generator.run(signal),
      corpusCase.tellsKept ? keptAfter(url, signal) : undefined,
    ])
    await monitor.stop()
    signal.throwIfAborted()
    if (target.hasEnded) throw new Error(`it ended by itself; the last it said:\n${target.outputTail}`)
    const kept = early === undefined ? null : growthOf(early, await keptBy(url))
    const { doubts, unseen } = monitor
    const told = { ...saidOf(monitor.verdict()), kept, doubts, unseen, samples }
    return { ...told, failure: null, requests: result.finished, outcomes: Object.fromEntries(result.outcomes) }
  } finally {
    // Where one of them failed, the others are not waited for.
    over.abort()
    await generator.stop()
    await monitor.stop()
  }
}

async function keptAfter(url: string, signal: AbortSignal): Promise<Kept> {
  await sleep(KEPT_FROM_RATIO * DRIVEN_SEC * 1e3, undefined, { signal })
  return await keptBy(url)
}

function growthOf(early: Kept, late: Kept): CorpusRecord['kept'] {
  const requests = late.requests - early.requests
  return {
    heapBytes: (late.heapUsed - early.heapUsed) / requests,
    arrayBufferBytes: (late.arrayBuffers - early.arrayBuffers) / requests,
  }
}
