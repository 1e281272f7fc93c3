import { signedPercent, type Verdict, type VerdictState } from '../baseline/index.ts'
import { formatQuantity } from './format-quantity.ts'

const SIGNS: Readonly<Record<VerdictState, string>> = { passed: '✓', regressed: '✗', improved: '▲', inconclusive: '?' }
const ASCII_SIGNS: Readonly<Record<VerdictState, string>> = {
  passed: '.',
  regressed: '!',
  improved: '^',
  inconclusive: '?',
}

/** `full`: with the interval. `brief`: with the estimate. `short`: sign and estimate only. */
export type VerdictDetail = 'full' | 'brief' | 'short'

function verdictSign(state: VerdictState, unicode: boolean): string {
  return (unicode ? SIGNS : ASCII_SIGNS)[state]
}

type ShownVerdict = Pick<
  Verdict,
  'state' | 'effectRatio' | 'low' | 'high' | 'unit' | 'baselineValue' | 'candidateValue'
>

/** A verdict in words and sign, so that colour is never the only one to tell. */
export function verdictWords(
  verdict: ShownVerdict,
  { unicode, detail, label }: { readonly unicode: boolean; readonly detail: VerdictDetail; readonly label?: string },
): string {
  const { state, effectRatio, low, high } = verdict
  const words = [verdictSign(state, unicode)]
  const changed = state === 'regressed' || state === 'improved'
  if (detail !== 'short' || !changed) words.push(state)
  if (label !== undefined) words.push(label)
  const range = low === null || high === null ? undefined : rangeWords(low, high, unicode)
  const ends = changed ? bothEnds(verdict, unicode) : undefined
  if (ends !== undefined) return [...words, ends].join(' ')
  if (changed) words.push(signedPercent(effectRatio))
  if (range !== undefined && detail === 'full' && state !== 'passed')
    words.push(changed ? `(${range})` : `(${range} %)`)
  const text = words.join(' ')
  return unicode ? text : text.replaceAll('−', '-')
}

/** A thousandfold, or from nothing: no percentage tells that. */
const BEYOND_PERCENT = 1000

/** `0 B → 192 B` where a percentage would say nothing. */
function bothEnds({ unit, baselineValue, candidateValue }: ShownVerdict, unicode: boolean): string | undefined {
  const [less, more] = [Math.abs(baselineValue), Math.abs(candidateValue)].toSorted((a, b) => a - b)
  if (less === undefined || more === undefined || more < BEYOND_PERCENT * less || more === 0) return undefined
  const shown = [baselineValue, candidateValue].map((value) => formatQuantity(value, unit, { unicode }))
  return shown.join(unicode ? ' → ' : ' -> ')
}

/** `+9.2 … +15`: the estimate before it has the percent sign already. */
function rangeWords(low: number, high: number, unicode: boolean): string {
  return `${bound(low)} ${unicode ? '…' : '..'} ${bound(high)}`
}

function bound(ratio: number): string {
  const rounded = Math.abs(ratio) >= 0.1 ? Math.round(ratio * 100) / 100 : ratio
  return signedPercent(rounded).replace(' %', '')
}
