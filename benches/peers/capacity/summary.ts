import { binomialLowerBound, binomialUpperBound, median } from '@gw/perf-kit'
import type { ExperimentResult, PromiseCheck } from '../experiment.ts'
import { renderTable } from '../table.ts'
import type { SearchRecord } from './search-records.ts'

const FOUND_WITHIN_RATIO = 0.03
const FOUND_SHARE = 0.95
/** Of the intervals that a search reports. */
const COVERED_SHARE = 0.95
const PRECISION_RATIO = 0.03
const MOST_TRIALS = 12
const MOST_SECONDS = 120
const AGREE_WITHIN_RATIO = 0.05
const AGREE_SHARE = 0.9
/** Both ends of 95 %. */
const ONE_SIDED_RATIO = 0.975
/** Above it, other programs have had a part in the figures. */
const QUIET_LOAD_AVERAGE = 2

/** Of the reasons why a Run is suspect, those that tell of the machine. */
const NOISE = /contradict|changed during the search|generator came late|other programs/

const NAMES = { bucket: 'a token bucket', queue: 'an M/D/1 queue' } as const

type Interval = Extract<SearchRecord['answer'], { kind: 'interval' }>
type Pair = readonly [SearchRecord, SearchRecord]

/** What all searches came to that have been recorded. */
export function summarise(records: readonly SearchRecord[]): ExperimentResult {
  const known = (['bucket', 'queue'] as const).flatMap((kind) => {
    const own = records.filter((record) => record.kind === kind)
    return own.length === 0 ? [] : [{ kind, own }]
  })
  const pairs = pairsOf(records)
  return {
    promises: [
      ...known.flatMap(({ kind, own }) => promisesOf(NAMES[kind], own)),
      ...(pairs.length === 0 ? [] : [repeatability(pairs)]),
    ],
    text: [
      knownTable(known),
      pairs.length === 0 ? '' : pairTable(pairs),
      `load average ${rangeOf(records.map(({ loadAverage }) => loadAverage))}, above ${QUIET_LOAD_AVERAGE} in ${records.filter(({ loadAverage }) => loadAverage > QUIET_LOAD_AVERAGE).length} of ${records.length} searches\n`,
    ]
      .filter((part) => part !== '')
      .join('\n'),
    data: { searches: records.length },
  }
}

function promisesOf(name: string, records: readonly SearchRecord[]): PromiseCheck[] {
  const check = (
    promise: string,
    is: (record: SearchRecord) => boolean,
    share: number,
    spread: string,
  ): PromiseCheck => {
    const count = records.filter(is).length
    return { promise, figure: shareText(count, records.length), spread, kept: count >= share * records.length }
  }
  const errors = records.flatMap((record) => errorOf(record) ?? [])
  const widths = records.flatMap(({ answer }) => (answer.kind === 'interval' ? [widthOf(answer)] : []))
  return [
    check(
      `the capacity of ${name} is found within 3 % in 95 of 100 searches`,
      (record) => Math.abs(errorOf(record) ?? Number.POSITIVE_INFINITY) <= FOUND_WITHIN_RATIO,
      FOUND_SHARE,
      `off by ${signedRange(errors)}`,
    ),
    check(
      `and lies within the reported interval of 95 %`,
      covers,
      COVERED_SHARE,
      `intervals ${percentRange(widths)} wide`,
    ),
    check(
      `which is 3 % wide at most, after 12 trials and 2 minutes at most`,
      isCheap,
      1,
      `${rangeOf(records.map(({ trials }) => trials.length))} trials, ${rangeOf(records.map(({ seconds }) => seconds))} s`,
    ),
  ]
}

function repeatability(pairs: readonly Pair[]): PromiseCheck {
  const states = pairs.map(stateOf)
  const good = states.filter((state) => state !== 'apart').length
  const differences = pairs.flatMap((pair) => differenceOf(pair) ?? [])
  return {
    promise:
      'two searches on the reference gateway agree within 5 % in 9 of 10 pairs, or say that the machine is too noisy',
    figure: `${shareText(good, pairs.length)}, ${states.filter((state) => state === 'doubtful').length} of them because they say so`,
    spread: `apart by ${percentRange(differences)}`,
    // Who always doubts agrees with nobody.
    kept: good >= AGREE_SHARE * pairs.length && states.filter((state) => state === 'agree').length > pairs.length / 2,
  }
}

function knownTable(
  known: readonly { readonly kind: 'bucket' | 'queue'; readonly own: readonly SearchRecord[] }[],
): string {
  const rows = known.map(({ kind, own }) => {
    const errors = own.flatMap((record) => errorOf(record) ?? [])
    const widths = own.flatMap(({ answer }) => (answer.kind === 'interval' ? [widthOf(answer)] : []))
    return [
      NAMES[kind],
      String(own.length),
      String(own.filter((record) => Math.abs(errorOf(record) ?? 1) <= FOUND_WITHIN_RATIO).length),
      signedPercent(medianOf(errors)),
      percent(medianOf(errors.map(Math.abs))),
      String(own.filter(covers).length),
      percent(medianOf(widths)),
      String(medianOf(own.map(({ trials }) => trials.length))),
      `${medianOf(own.map(({ seconds }) => seconds)).toFixed(0)} s`,
      String(own.filter(({ validity }) => validity.state !== 'valid').length),
    ]
  })
  return renderTable(
    [
      'target',
      'searches',
      'within 3 %',
      'off, median',
      'without sign',
      'covered',
      'width',
      'trials',
      'took',
      'suspect',
    ],
    rows,
  )
}

function pairTable(pairs: readonly Pair[]): string {
  return renderTable(
    ['pair', 'first', 'second', 'apart', ''],
    pairs.map((pair) => {
      const difference = differenceOf(pair)
      const [first, second] = pair.map(answerText)
      return [
        String(pair[0].number),
        first ?? '',
        second ?? '',
        difference === undefined ? '-' : percent(difference),
        stateOf(pair),
      ]
    }),
  )
}

/** @returns how far off it is, of the truth; `undefined` for an answer that is no interval, or a truth that nobody knows */
function errorOf({ answer, truthPerSec }: SearchRecord): number | undefined {
  return answer.kind === 'interval' && truthPerSec !== undefined ? answer.valuePerSec / truthPerSec - 1 : undefined
}

function covers({ answer, truthPerSec = Number.NaN }: SearchRecord): boolean {
  return answer.kind === 'interval' && answer.lowPerSec <= truthPerSec && truthPerSec <= answer.highPerSec
}

/** As narrow as was asked for: what lies between grid points is rounded. */
function isCheap({ answer, trials, seconds }: SearchRecord): boolean {
  const isNarrow = answer.kind === 'interval' && widthOf(answer) <= PRECISION_RATIO + 1e-6
  return isNarrow && trials.length <= MOST_TRIALS && seconds <= MOST_SECONDS
}

function widthOf({ lowPerSec, highPerSec }: Interval): number {
  return highPerSec / lowPerSec - 1
}

function pairsOf(records: readonly SearchRecord[]): Pair[] {
  const numbers = Map.groupBy(
    records.filter(({ kind }) => kind === 'gateway'),
    ({ number }) => number,
  )
  return [...numbers.values()].flatMap(([first, second]): Pair[] =>
    first === undefined || second === undefined ? [] : [[first, second]],
  )
}

function stateOf(pair: Pair): 'agree' | 'doubtful' | 'apart' {
  const difference = differenceOf(pair)
  if (difference !== undefined && difference <= AGREE_WITHIN_RATIO) return 'agree'
  return pair.some(({ validity }) => validity.reasons.some((reason) => NOISE.test(reason))) ? 'doubtful' : 'apart'
}

function differenceOf(pair: Pair): number | undefined {
  const [first, second] = pair.map(perSecOf)
  if (first === undefined || second === undefined) return undefined
  return Math.max(first, second) / Math.min(first, second) - 1
}

function perSecOf({ answer }: SearchRecord): number | undefined {
  return answer.kind === 'interval' ? answer.valuePerSec : undefined
}

function answerText({ answer, validity }: SearchRecord): string {
  const doubt = validity.state === 'valid' ? '' : ` ${validity.state}`
  if (answer.kind === 'interval') {
    return `${answer.valuePerSec.toFixed(0)} (${answer.lowPerSec.toFixed(0)} to ${answer.highPerSec.toFixed(0)})${doubt}`
  }
  return `${answer.kind === 'unknown' ? 'unknown' : `${answer.kind} ${answer.perSec.toFixed(0)}`}${doubt}`
}

/** With the exact interval of Clopper and Pearson (1934). */
function shareText(count: number, of: number): string {
  const low = binomialLowerBound(count, of, ONE_SIDED_RATIO)
  const high = binomialUpperBound(count, of, ONE_SIDED_RATIO)
  return `${count} of ${of} (95 %: ${percent(low)} to ${percent(high)})`
}

function medianOf(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : median(values)
}

function rangeOf(values: readonly number[]): string {
  return `${Math.min(...values)} to ${Math.max(...values)}`
}

function percentRange(ratios: readonly number[]): string {
  return ratios.length === 0 ? 'unknown' : `${percent(Math.min(...ratios))} to ${percent(Math.max(...ratios))}`
}

function signedRange(ratios: readonly number[]): string {
  return ratios.length === 0
    ? 'unknown'
    : `${signedPercent(Math.min(...ratios))} to ${signedPercent(Math.max(...ratios))}`
}

function percent(ratio: number): string {
  if (Number.isNaN(ratio)) return '-'
  return `${(100 * ratio).toFixed(1)} %`
}

function signedPercent(ratio: number): string {
  if (Number.isNaN(ratio)) return '-'
  return `${ratio < 0 ? '−' : '+'}${percent(Math.abs(ratio))}`
}
