/**
 * Does the verdict on leaks find what leaks, and nothing else? Servers with a leak of known size, clean ones, and packages that are known to leak, each
 * started, driven and watched for less than two minutes: docs/leak-corpus.md.
 *
 *   pnpm soak:corpus --runs 3 --record docs/data/leak-corpus.jsonl   all of them, three times, appended to what has been recorded
 *   pnpm soak:corpus --only undici --only object-64                  these alone
 *   pnpm soak:corpus --at-once 2                                     two beside each other
 *   pnpm soak:corpus --runs 0 --record docs/data/leak-corpus.jsonl   the tables of what has been recorded
 *   pnpm soak:corpus --samples folder                                keep the samples too, about 100 kB a run
 *   pnpm soak:corpus --judge-again folder                            what is said today of runs whose samples were kept; with --record they are appended
 *
 * Results on stdout, progress on stderr. Exit codes: 0 all promises kept · 1 one is not · 2 usage · 3 a run failed · 130 interrupted.
 */
import { parseArgs } from 'node:util'
import { didYouMean, EXIT } from '@gw/perf-kit'
import { CORPUS, type CorpusCase } from '../../../tests/performance/fixtures/leaks/corpus.ts'
import { renderResult } from '../render-result.ts'
import { appendRecord, type CorpusRecord, foundOf, mistakenOf, readRecords } from './records.ts'
import { runCase } from './run-case.ts'
import { judgeAgain } from './stored-samples.ts'
import { summarise } from './summary.ts'

interface Usage {
  readonly cases: readonly CorpusCase[]
  readonly runs: number
  readonly atOnce: number
  readonly record: string | undefined
  readonly samples: string | undefined
  readonly judgeAgain: string | undefined
}

const say = (line: string): boolean => process.stderr.write(`${line}\n`)

process.exitCode = await main()

async function main(): Promise<number> {
  const usage = readUsage()
  if (typeof usage === 'string') {
    say(`soak:corpus: ${usage}`)
    return EXIT.usage
  }
  const interruption = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interruption.abort())
  if (usage.judgeAgain !== undefined) {
    const judged = await judgeAgain(usage.judgeAgain)
    if (usage.record !== undefined) for (const record of judged) await appendRecord(usage.record, record)
    return show(judged)
  }
  const made = await runAll(usage, interruption.signal)
  const exitCode = show(usage.record === undefined ? made : await readRecords(usage.record))
  if (interruption.signal.aborted) {
    say('interrupted')
    return EXIT.interrupted
  }
  return made.some(({ failure }) => failure !== null) ? EXIT.measurement : exitCode
}

function show(records: readonly CorpusRecord[]): number {
  if (records.length === 0) {
    say('nothing has been recorded')
    return EXIT.measurement
  }
  const { text, promises } = summarise(records, CORPUS)
  process.stdout.write(renderResult('leak corpus', text, promises))
  return promises.every(({ kept }) => kept) ? EXIT.ok : EXIT.regression
}

/** What was asked for, or what is wrong with it. */
function readUsage(): Usage | string {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [] },
        runs: { type: 'string', default: '3' },
        'at-once': { type: 'string', default: '1' },
        record: { type: 'string' },
        samples: { type: 'string' },
        'judge-again': { type: 'string' },
      },
    })
    const names = CORPUS.map(({ name }) => name)
    const stranger = values.only.find((word) => !names.some((name) => isMeant(name, word)))
    if (stranger !== undefined) return `there is no "${stranger}"${didYouMean(stranger, names)}: ${names.join(', ')}`
    if (!/^\d+$/.test(values.runs)) return `--runs takes a whole number, got "${values.runs}"`
    if (!/^[1-9]\d?$/.test(values['at-once'])) return `--at-once takes 1 or more, got "${values['at-once']}"`
    return {
      cases: CORPUS.filter(({ name }) => values.only.length === 0 || values.only.some((word) => isMeant(name, word))),
      runs: Number(values.runs),
      atOnce: Number(values['at-once']),
      record: values.record,
      samples: values.samples,
      judgeAgain: values['judge-again'],
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** `object` means `object-64` too. */
function isMeant(name: string, word: string): boolean {
  return name === word || name.startsWith(`${word}-`)
}

/** All cases once, and then all once more: whatever the machine does for a while is not in all runs of one case. */
async function runAll(
  { cases, runs, atOnce, record, samples }: Usage,
  signal: AbortSignal,
): Promise<readonly CorpusRecord[]> {
  const queue = Array.from({ length: runs }, () => cases).flat()
  const made: CorpusRecord[] = []
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift()) {
      const result = await runCase(next, { signal, atOnce, samplesFolder: samples })
      made.push(result)
      if (record !== undefined) await appendRecord(record, result)
      say(`${told(result)}; ${queue.length} left`)
    }
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, work))
  } catch (error) {
    // Those that were interrupted are none; what was made before counts.
    if (!signal.aborted) throw error
  }
  return made
}

function told(record: CorpusRecord): string {
  const { case: name, expected, verdict, failure, requests, outcomes, seconds } = record
  if (failure !== null) return `${name} FAILED: ${failure}`
  const mistaken = mistakenOf(record)
  const outcome = expected.leaks ? (foundOf(record) === undefined ? 'MISSED' : 'found') : verdict.state
  const wrong = mistaken.length === 0 ? '' : ` and MISTAKEN for ${mistaken.join(', ')}`
  const ended = Object.entries(outcomes).map(([how, count]) => `${count} ${how}`)
  return `${name}: ${outcome}${wrong}, ${requests} requests (${ended.join(', ')}) in ${seconds} s: ${verdict.because}`
}
