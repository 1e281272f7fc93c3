import { binomialLowerBound, binomialUpperBound, median } from '@gw/perf-kit'
import type { CorpusCase } from '../../../tests/performance/fixtures/leaks/corpus.ts'
import type { PromiseCheck } from '../experiment.ts'
import { renderTable } from '../table.ts'
import { type CorpusRecord, DRIVEN_SEC, foundOf, leakingOf, mistakenOf } from './records.ts'

const RECALL = 0.95
const FEWEST_RUNS = 3
const LONGEST_SEC = 120
/** What a size is promised for. */
const SENSITIVE_BYTES = 64
const SIZE_WITHIN_RATIO = 0.15
const NAMED_SHARE = 0.9
/** Both ends of 95 %. */
const ONE_SIDED_RATIO = 0.975

export interface Summary {
  readonly promises: readonly PromiseCheck[]
  readonly text: string
}

/**
 * What all runs came to that have been recorded.
 *
 * @param records - one or more
 * @param corpus - all cases that there are: of which there is no record, nothing is kept
 */
export function summarise(records: readonly CorpusRecord[], corpus: readonly Pick<CorpusCase, 'name'>[]): Summary {
  const cases = [...Map.groupBy(records, ({ case: name }) => name).values()]
  const [leaks, clean] = [true, false].map((is) => cases.filter(([first]) => first?.expected.leaks === is))
  return {
    promises: promisesOf(records, corpus),
    text: [
      renderTable(
        ['leaks', 'of', 'runs', 'found', 'off, median', 'most', 'taken for a leak'],
        leaks?.map(leakRow) ?? [],
      ),
      renderTable(['clean', 'runs', 'steady', 'inconclusive', 'taken for a leak'], clean?.map(cleanRow) ?? []),
      `load average ${rangeOf(records.map(({ loadAverage }) => loadAverage))}, ${rangeOf(records.map(({ atOnce }) => atOnce))} cases at once\n`,
    ].join('\n'),
  }
}

function promisesOf(records: readonly CorpusRecord[], corpus: readonly Pick<CorpusCase, 'name'>[]): PromiseCheck[] {
  const leaks = records.filter(({ expected }) => expected.leaks)
  const accused = records.filter((record) => leakingOf(record).length > 0)
  const [found, right] = [leaks.filter(foundOf), accused.filter((record) => mistakenOf(record).length === 0)]
  const seconds = records.map((record) => record.seconds)
  return [
    ...(leaks.length === 0
      ? []
      : [
          {
            promise: 'of the leaks at least 95 % are found',
            figure: shareText(leaks, (record) => foundOf(record) !== undefined),
            spread: `missed: ${namesOf(leaks.filter((record) => foundOf(record) === undefined))}`,
            kept: found.length >= RECALL * leaks.length,
          },
        ]),
    {
      promise: 'and nothing is called a leak that is none',
      figure: shareText(accused, (record) => mistakenOf(record).length === 0),
      spread: `mistaken: ${namesOf(records.filter((record) => mistakenOf(record).length > 0))}`,
      kept: right.length === accused.length,
    },
    completeness(records, corpus),
    {
      promise: 'in 120 s a run at most',
      figure: `${Math.max(...seconds)} s`,
      spread: `${rangeOf(seconds)} s`,
      kept: Math.max(...seconds) <= LONGEST_SEC,
    },
    ...sensitivity(leaks),
    ...naming(records),
  ]
}

/** Who never ran has not been missed, and not found either. */
function completeness(records: readonly CorpusRecord[], corpus: readonly Pick<CorpusCase, 'name'>[]): PromiseCheck {
  const runs = corpus.map(({ name }) => ({
    name,
    count: records.filter((record) => record.case === name && record.failure === null).length,
  }))
  const few = runs.filter(({ count }) => count < FEWEST_RUNS).map(({ name, count }) => `${name} (${count})`)
  return {
    promise: 'in three runs of each case or more',
    figure: `${runs.length - few.length} of ${runs.length} cases`,
    spread: `fewer: ${few.length === 0 ? 'none' : few.join(', ')}`,
    kept: few.length === 0,
  }
}

/** At 1000 requests a second, in less than the three minutes that are promised. */
function sensitivity(leaks: readonly CorpusRecord[]): PromiseCheck[] {
  const small = leaks.filter(({ expected }) => expected.leaks && expected.each === SENSITIVE_BYTES)
  if (small.length === 0) return []
  const errors = small.map(errorOf)
  const isClose = (record: CorpusRecord): boolean =>
    Math.abs(errorOf(record) ?? Number.POSITIVE_INFINITY) <= SIZE_WITHIN_RATIO
  return [
    {
      promise: '64 bytes a request at 1000 requests/s are found in 3 min at most, and their size within 15 %',
      figure: shareText(small, isClose),
      spread: `off by ${signedRange(errors.filter((error) => error !== undefined))}, in ${rangeOf(small.map((record) => record.seconds))} s`,
      kept: small.every(isClose),
    },
  ]
}

/** Of heap leaks that were found. */
function naming(records: readonly CorpusRecord[]): PromiseCheck[] {
  const inHeap = records.filter((record) => foundOf(record)?.signal === 'heap')
  if (inHeap.length === 0) return []
  const named = inHeap.filter(({ culprit }) => culprit !== null)
  return [
    {
      promise: 'of the heap leaks that are found, who keeps them is named in at least 90 %',
      figure: named.length === 0 ? 'nobody has looked' : shareText(inHeap, ({ culprit }) => culprit !== null),
      spread: named.length === 0 ? 'not a part of these runs yet' : `${named.length} of ${inHeap.length} runs`,
      kept: named.length >= NAMED_SHARE * inHeap.length,
    },
  ]
}

function leakRow(records: readonly CorpusRecord[]): readonly string[] {
  const [first] = records
  const errors = records.flatMap((record) => errorOf(record) ?? [])
  return [
    first?.case ?? '',
    first?.expected.leaks === true ? first.expected.signal : '',
    String(records.length),
    String(records.filter(foundOf).length),
    errors.length === 0 ? '-' : signedPercent(median(errors)),
    errors.length === 0 ? '-' : percent(Math.max(...errors.map(Math.abs))),
    mistakesOf(records),
  ]
}

function cleanRow(records: readonly CorpusRecord[]): readonly string[] {
  const count = (state: CorpusRecord['verdict']['state']): string =>
    String(records.filter(({ verdict }) => verdict.state === state).length)
  return [records[0]?.case ?? '', String(records.length), count('steady'), count('inconclusive'), mistakesOf(records)]
}

function mistakesOf(records: readonly CorpusRecord[]): string {
  return records.flatMap(mistakenOf).join(' ')
}

/** @returns how far off the size is that was found; `undefined` where nothing was, or nobody knows the size */
function errorOf(record: CorpusRecord): number | undefined {
  const expected = record.expected.leaks ? record.expected.each : undefined
  const found = foundOf(record)
  if (found?.each === undefined || expected === undefined) return undefined
  // Of what is only found to grow by the clock, by the rate that there was.
  const each = found.per === 'second' ? found.each.value / (record.requests / DRIVEN_SEC) : found.each.value
  return each / expected - 1
}

function namesOf(records: readonly CorpusRecord[]): string {
  const counts = Map.groupBy(records, ({ case: name }) => name)
  const names = [...counts].map(([name, { length }]) => (length === 1 ? name : `${name} ${length} times`))
  return names.length === 0 ? 'none' : names.join(', ')
}

/**
 * Of runs, and of cases in all their runs: runs of one case are alike, so that only cases have the exact interval of Clopper and Pearson (1934).
 */
function shareText(records: readonly CorpusRecord[], is: (record: CorpusRecord) => boolean): string {
  if (records.length === 0) return '0 of 0'
  const cases = [...Map.groupBy(records, ({ case: name }) => name).values()]
  const whole = cases.filter((runs) => runs.every(is)).length
  const low = binomialLowerBound(whole, cases.length, ONE_SIDED_RATIO)
  const high = binomialUpperBound(whole, cases.length, ONE_SIDED_RATIO)
  return `${records.filter(is).length} of ${records.length} runs; ${whole} of ${cases.length} cases in all of theirs (95 %: ${percent(low)} to ${percent(high)})`
}

function rangeOf(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => Number(value.toFixed(1)))
  return least === most ? String(least) : `${least} to ${most}`
}

function signedRange(ratios: readonly number[]): string {
  if (ratios.length === 0) return 'nobody knows what'
  return `${signedPercent(Math.min(...ratios))} to ${signedPercent(Math.max(...ratios))}`
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`
}

function signedPercent(ratio: number): string {
  return `${ratio < 0 ? '−' : '+'}${percent(Math.abs(ratio))}`
}
