import { execFile } from 'node:child_process'
import { loadavg } from 'node:os'
import { resolve } from 'node:path'
import { parseRun, type Run } from '@gw/perf-kit'
import { METHOD, type SearchRecord } from './search-records.ts'

const PERF_KIT = resolve(import.meta.dirname, '../../../node_modules/@gw/perf-kit/src/cli/main.ts')
/** Two minutes are what a search may take. */
const TIMEOUT_MS = 180_000
const NS_PER_SEC = 1e9

/** One search, as a user starts it. */
export async function searchOnce(
  about: Pick<SearchRecord, 'kind' | 'number' | 'truthPerSec'>,
  words: readonly string[],
  signal: AbortSignal,
): Promise<SearchRecord> {
  const run = parseRun(await capacityJson(words, signal), 'perf-kit capacity')
  signal.throwIfAborted()
  const { capacity, validity, durationNs, startedAt, environment, source } = run
  if (capacity === undefined) throw new Error('the Run holds no search')
  return {
    method: METHOD,
    ...about,
    answer: capacity.answer,
    trials: capacity.trials.map(trialText),
    seconds: Math.round(durationNs / (NS_PER_SEC / 10)) / 10,
    validity,
    at: startedAt,
    environmentId: environment.id,
    source,
    loadAverage: Math.round(100 * (loadavg()[0] ?? 0)) / 100,
  }
}

/** A search that failed has printed what it learnt all the same. */
async function capacityJson(words: readonly string[], signal: AbortSignal): Promise<string> {
  const command = [PERF_KIT, 'capacity', ...words, '--json', '-q']
  return await new Promise((onEnd, onError) => {
    const options = { signal, timeout: TIMEOUT_MS, maxBuffer: 2 ** 28 }
    execFile(process.execPath, command, options, (error, stdout, stderr) => {
      if (stdout === '') onError(new Error(`perf-kit capacity printed nothing: ${stderr}`, { cause: error }))
      else onEnd(stdout)
    })
  })
}

function trialText({ ratePerSec, verdict }: NonNullable<Run['capacity']>['trials'][number]): string {
  return ratePerSec === null ? 'clients' : `${ratePerSec} ${verdict}`
}
