import type { RunNote } from '../run/index.ts'
import type { UslFit, UslInterval } from '../stats/index.ts'
import { type LimitingResource, limitingResource } from './limiting-resource.ts'
import type { FittedLevels, UsableLevel } from './scaling-fit.ts'
import type { SweepParameter } from './sweep-values.ts'
import type { SweptLevel } from './swept-level.ts'

/** Beyond it, what a curve says of the next values is hope. */
const FAR_BEYOND = 2
/** The smallest value whose throughput is as good as the best. */
const AS_GOOD_RATIO = 0.95

interface Swept {
  readonly levels: readonly SweptLevel[]
  readonly usable: readonly UsableLevel[]
  readonly fitted: FittedLevels
}

type Sentence = Pick<RunNote, 'code' | 'message'>

/** What a sweep has found, in plain words: what was measured first, and then what the law makes of it. */
export function scalingSentences(parameter: SweepParameter, { levels, usable, fitted }: Swept): Sentence[] {
  const left = levels.length - usable.length
  return [
    { code: 'SCALING', message: measuredSentence(parameter, usable) },
    ...(left === 0
      ? []
      : [
          {
            code: 'VALUES_LEFT_OUT',
            message: `${left} of ${levels.length} values are left out of this: the generator was the limit there, or nothing was measured`,
          },
        ]),
    ...lawSentences(parameter, usable, fitted),
  ]
}

function measuredSentence({ name, unit }: SweepParameter, usable: readonly UsableLevel[]): string {
  const means = usable.map(({ value, goodputs }) => ({ value, perSec: meanOf(goodputs.map(({ perSec }) => perSec)) }))
  const first = means[0]
  if (first === undefined) return 'no value could be measured in a way that tells of the target'
  const best = means.reduce((most, each) => (each.perSec > most.perSec ? each : most))
  const enough = means.find(({ perSec }) => perSec >= AS_GOOD_RATIO * best.perSec) ?? best
  const times = `${short(best.perSec / first.perSec)} times that of ${valueText(first.value, unit)}`
  const most = `most succeeded at ${name} ${valueText(best.value, unit)}: ${short(best.perSec)}/s${best === first ? '' : `, ${times}`}`
  return enough === best
    ? most
    : `${most}; ${valueText(enough.value, unit)} does nearly as well (${short(enough.perSec)}/s)`
}

function lawSentences(
  { name }: SweepParameter,
  usable: readonly UsableLevel[],
  { fit, why }: FittedLevels,
): Sentence[] {
  if (fit === undefined) {
    return why === 'unit'
      ? []
      : [
          {
            code: 'USL_NOT_FITTED',
            message: `the Universal Scalability Law takes three values or more that tell of the target, and there are ${usable.length}`,
          },
        ]
  }
  const highest = Math.max(...usable.map(({ value }) => value))
  const fitness = { code: FITNESS_CODES[fit.fitness.state], message: fitnessSentence(name, fit) }
  // Its parameters would be read as facts.
  if (fit.fitness.state === 'departs') return [fitness]
  const { curve, intervals } = fit
  const sigma = percentWithin(curve.sigma, intervals?.sigma)
  const kappa = percentWithin(curve.kappa, intervals?.kappa)
  return [
    fitness,
    { code: 'USL_PARAMETERS', message: `contention σ ${sigma}, coherence κ ${kappa}` },
    { code: 'USL_PEAK', message: peakSentence(name, fit, highest) },
  ]
}

const FITNESS_CODES = {
  follows: 'USL_FOLLOWS',
  nearly: 'USL_NEARLY',
  departs: 'USL_DEPARTS',
  undecided: 'USL_UNDECIDED',
} as const

function fitnessSentence(name: string, { fitness, intervals }: UslFit): string {
  const { state, test, worst, typicalOffRatio, rSquaredRatio } = fitness
  const off = `${percent(Math.abs(worst.offRatio))} ${worst.offRatio < 0 ? 'below' : 'above'} its curve at ${name} ${short(worst.n)}`
  const p = test.kind === 'none' ? '' : `, p ${test.pValue < 0.001 ? '< 0.001' : `= ${short(test.pValue)}`}`
  const quality = `typically ${percent(typicalOffRatio)} off, R² ${short(rSquaredRatio)}${p}`
  if (state === 'departs') {
    return `does not follow the Universal Scalability Law: ${off} (${quality}); its parameters and its peak would be none of this target, and are not told`
  }
  if (state === 'nearly') {
    return `nearly follows the Universal Scalability Law: ${off} at most, though more than chance (${quality}); its intervals are too narrow`
  }
  if (state === 'follows') return `follows the Universal Scalability Law: at most ${off} (${quality})`
  const reason =
    intervals === undefined || test.kind === 'none'
      ? 'more values, and more rounds of each, would tell'
      : 'repetitions are too far apart to tell'
  return `whether it follows the Universal Scalability Law is not known: ${off} (${quality}); ${reason}`
}

function peakSentence(name: string, { curve, peak, intervals }: UslFit, highest: number): string {
  if (!Number.isFinite(peak.n)) {
    const towards = Number.isFinite(peak.throughput)
      ? `it levels off towards ${heightText(peak.throughput, intervals?.peakThroughput)}`
      : 'it grows in proportion'
    const atLeast =
      intervals === undefined ? '' : `; a peak, if there is one, is beyond ${name} ${short(intervals.peak.low)}`
    return `no peak: ${towards}${atLeast}`
  }
  if (peak.n < 1) return `it falls from the first on: σ and κ leave nothing to gain by more ${name}`
  const range = intervals === undefined ? '' : ` (95 %: ${rangeText(intervals.peak)})`
  const far = peak.n > FAR_BEYOND * highest ? ', which is far beyond what was measured' : ''
  return `predicted peak at ${name} ${short(peak.n)}${range} with ${heightText(peak.throughput, intervals?.peakThroughput)}${far}; one does ${short(curve.lambda)}/s`
}

function heightText(perSec: number, interval: UslInterval | undefined): string {
  if (interval === undefined) return `${short(perSec)}/s`
  const { low, high } = interval
  const to = Number.isFinite(high) ? `to ${short(high)}/s` : 'or more'
  return `${short(perSec)}/s (95 %: ${short(low)} ${to})`
}

function rangeText({ low, high }: UslInterval): string {
  // Nobody has less than one.
  const from = short(Math.max(1, low))
  return Number.isFinite(high) ? `${from} to ${short(high)}` : `${from} or more, or no peak at all`
}

/** What limited throughput, at which values; with what was seen. One for values in a row that have the same. */
export function limitSentences({ name, unit }: SweepParameter, levels: readonly SweptLevel[]): string[] {
  const limits = levels.map((level) => ({ level, limit: limitingResource(level.run.metrics) }))
  const groups: { readonly words: string; readonly members: typeof limits }[] = []
  for (const each of limits) {
    const words = limitWords(each.limit)
    const last = groups.at(-1)
    if (last?.words === words) last.members.push(each)
    else groups.push({ words, members: [each] })
  }
  return groups.map(({ words, members }) => {
    const values = members.map(({ level }) => valueText(level.value.value, unit)).join(', ')
    const seen = (members.at(-1)?.limit.evidence ?? []).filter(isWorthTelling).map(evidenceText).join(', ')
    return `${name} ${values}: ${words}${seen === '' ? '' : ` (${seen})`}`
  })
}

/** A hundredth of anything limits nothing. */
const SMALLEST_TOLD = 0.01

function isWorthTelling({ metric }: LimitingResource['evidence'][number]): boolean {
  return metric.value >= SMALLEST_TOLD
}

const LIMIT_WORDS = {
  generator: 'limited by the generator',
  'event loop': 'limited by the target’s event loop',
  process: 'limited by the processor time of one process',
  machine: 'limited by the machine’s processors',
  'other programs': 'limited by other programs, which took the machine’s processors',
  pool: 'limited by connections of a pool',
  backend: 'limited by what the target waits for',
} as const

function limitWords({ kind, name }: LimitingResource): string {
  if (kind === undefined) return 'what limits it is not known'
  return `${LIMIT_WORDS[kind]}${name === undefined ? '' : `, ${name}`}`
}

function evidenceText({ what, metric }: LimitingResource['evidence'][number]): string {
  return `${metric.unit === 'ratio' ? percent(metric.value) : short(metric.value)} ${what}`
}

function valueText(value: number, unit: SweepParameter['unit']): string {
  return unit === 'bytes' ? `${short(value)} B` : short(value)
}

function percentWithin(value: number, interval: UslInterval | undefined): string {
  const range = interval === undefined ? '' : ` (95 %: ${percent(interval.low)} to ${percent(interval.high)})`
  return `${percent(value)}${range}`
}

function percent(ratio: number): string {
  return `${short(100 * ratio)} %`
}

/** Three digits: more would be noise. */
function short(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 })
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
