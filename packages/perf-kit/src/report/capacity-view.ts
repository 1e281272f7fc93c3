import { objectiveText } from '../config/index.ts'
import type { CapacityReport, CapacityTrial, Run } from '../run/index.ts'
import { formatQuantity, type QuantityStyle } from './format-quantity.ts'

/** Three digits of a rate are no 3 %: 1.02 k/s may be 1,015 or 1,025. */
const RATE_DIGITS = 4

/** A trial as every format of the report shows it. */
export interface TrialRow {
  /** what was to be offered, or how many clients there were */
  readonly asked: string
  readonly offered: string
  readonly achieved: string
  readonly p50: string
  readonly p99: string
  readonly errors: string
  readonly verdict: string
  readonly why: string
  readonly trial: CapacityTrial
}

/** What was found, and whether that is what was looked for. */
export interface CapacityView {
  readonly capacity: CapacityReport
  readonly subject: string
  /** the answer, in a sentence */
  readonly sentence: string
  readonly rows: readonly TrialRow[]
}

/** @returns `undefined` for a Run that holds no search */
export function capacityView({ capacity }: Run, style: QuantityStyle = { unicode: true }): CapacityView | undefined {
  if (capacity === undefined) return undefined
  const { subject, trials } = capacity
  return { capacity, subject, sentence: sentenceOf(capacity, style), rows: trials.map((trial) => rowOf(trial, style)) }
}

/** What a search has found, in a sentence. @returns `undefined` for a Run that holds none */
export function capacitySentence(run: Run): string | undefined {
  return capacityView(run)?.sentence
}

/** `1,012/s`, with as many digits as an interval of some percent needs. */
export function rateText(perSec: number): string {
  const rounded = Number(perSec.toPrecision(RATE_DIGITS))
  return `${rounded.toLocaleString('en-US', { maximumFractionDigits: 3 })}/s`
}

function sentenceOf({ answer, objective }: CapacityReport, { unicode }: QuantityStyle): string {
  const kept = objectiveText(objective)
    .replaceAll('<', unicode ? ' ≤ ' : ' <= ')
    .replaceAll(',', ' and ')
  switch (answer.kind) {
    case 'interval': {
      const { valuePerSec, lowPerSec, highPerSec } = answer
      return `The capacity is ${rateText(valuePerSec)} (${rateText(lowPerSec)} to ${rateText(highPerSec)}): up to there the target keeps to ${kept}.`
    }
    case 'atLeast':
      return `The capacity is at least ${rateText(answer.perSec)}: there the target keeps to ${kept}, and ${answer.because}.`
    case 'below':
      return `The target does not keep to ${kept} at any rate that was tried, not even at ${rateText(answer.perSec)}: ${answer.because}.`
    case 'unknown':
      return `The capacity is not known: ${answer.because}.`
  }
}

const VERDICTS = { met: ['✓', '.'], broken: ['✗', '!'], undecided: ['?', '?'], unusable: ['–', '-'] } as const

function rowOf(trial: CapacityTrial, style: QuantityStyle): TrialRow {
  const { phase, ratePerSec, responseTimeP50Ns, responseTimeP99Ns, errorRatio, verdict, reasons } = trial
  const time = (ns: number | null): string => (ns === null ? '' : formatQuantity(ns, 'ns', style))
  const sign = verdict === null ? '' : `${VERDICTS[verdict][style.unicode ? 0 : 1]} `
  return {
    asked: ratePerSec === null ? 'clients' : rateText(ratePerSec),
    offered: rateText(trial.offeredPerSec),
    achieved: rateText(trial.goodputPerSec),
    p50: time(responseTimeP50Ns),
    p99: time(responseTimeP99Ns),
    errors: formatQuantity(errorRatio, 'ratio', style),
    verdict: `${sign}${verdict ?? 'not judged'}`,
    why: reasons.length > 0 ? reasons.join('; ') : PHASES[phase],
    trial,
  }
}

const PHASES: Readonly<Record<CapacityTrial['phase'], string>> = {
  probe: 'to know where to begin',
  search: '',
  confirm: 'a longer one, to confirm',
}
