import type { Run, SoakPart, SoakReport } from '../run/index.ts'
import { formatElapsed, formatLasting } from './elapsed.ts'
import { formatQuantity, type QuantityStyle } from './format-quantity.ts'

type Verdict = SoakReport['verdict']
type State = Verdict['state']

/** What every format of a soak's report tells beside that of its load. */
export interface SoakView {
  readonly state: State
  /** what grew, in a sentence */
  readonly sentence: string
  /** leaks first, and what is steady last */
  readonly signals: readonly SignalRow[]
  readonly parts: readonly PartRow[]
  /** `5 min 0 s of 5 min 0 s` */
  readonly lasted: string
  readonly recordFolder: string | undefined
}

export interface SignalRow {
  readonly sign: string
  readonly state: State
  readonly signal: string
  /** `+12.3 B a request (+11.0 B to +13.1 B)` */
  readonly growth: string
  readonly because: string
}

export interface PartRow {
  readonly number: string
  readonly from: string
  readonly lasted: string
  readonly end: string
  readonly isWrong: boolean
}

const SIGNS: Readonly<Record<State, readonly [unicode: string, ascii: string]>> = {
  leaking: ['✗', '!'],
  inconclusive: ['?', '?'],
  steady: ['✓', '.'],
}
const ORDER: readonly State[] = ['leaking', 'inconclusive', 'steady']
const NAMES: Readonly<Record<string, string>> = {
  heap: 'heap',
  arrayBuffers: 'array buffers',
  external: 'external memory',
  rssResidual: 'other memory',
  rss: 'memory',
  descriptors: 'open files',
}
const ENDS: Readonly<Record<SoakPart['end'], string>> = {
  complete: 'came to its end',
  interrupted: 'was interrupted',
  killed: 'was killed, or is not over',
  targetEnded: 'the target ended',
  leak: 'a leak was certain',
  unwritable: 'nothing could be written any more',
  failed: 'failed',
}
const NS_PER_SEC = 1e9

/** @returns `undefined` for a Run that is of no soak */
export function soakView({ soak, artifacts }: Run, style: QuantityStyle): SoakView | undefined {
  if (soak === undefined) return undefined
  const { verdict, parts, measuredNs, plannedNs } = soak
  const sorted = verdict.signals.toSorted((left, right) => ORDER.indexOf(left.state) - ORDER.indexOf(right.state))
  return {
    state: verdict.state,
    sentence: sentenceOf(verdict),
    signals: sorted.map((signal) => signalRow(signal, style)),
    parts: parts.map(partRow),
    lasted: `${formatLasting(measuredNs)} of ${formatLasting(plannedNs)}`,
    recordFolder: artifacts.find(({ kind }) => kind === 'soak-record')?.path,
  }
}

export function stateSign(state: State, { unicode }: QuantityStyle): string {
  return SIGNS[state][unicode ? 0 : 1]
}

export function stateWord(state: State): string {
  return state === 'leaking' ? 'it leaks' : state === 'steady' ? 'nothing leaks' : 'whether it leaks is not known'
}

function sentenceOf({ state, because, enoughNs, signals }: Verdict): string {
  if (signals.length === 0) return 'nothing is known of what it keeps'
  const growing = signals.filter((signal) => signal.state === state).map(({ signal }) => nameOf(signal))
  if (state === 'steady') return `nothing leaks: ${because}`
  const longer = enoughNs === undefined ? '' : `; ${formatLasting(enoughNs)} may tell`
  if (state === 'leaking') return `it leaks: ${growing.join(', ')}`
  // Where each signal is steady, the reason is something that nobody has seen.
  return `whether it leaks is not known: ${growing.length === 0 ? because : growing.join(', ')}${longer}`
}

function signalRow(
  { signal, unit, per, state, because, each }: Verdict['signals'][number],
  style: QuantityStyle,
): SignalRow {
  const shown = (value: number): string => {
    const sign = value < 0 ? (style.unicode ? '−' : '-') : '+'
    return `${sign}${formatQuantity(Math.abs(value), unit, style)}`
  }
  const growth = each === undefined ? '' : `${shown(each.value)} a ${per} (${shown(each.low)} to ${shown(each.high)})`
  return { sign: stateSign(state, style), state, signal: nameOf(signal), growth, because }
}

function partRow({ fromNs, seconds, end, because }: SoakPart, index: number): PartRow {
  return {
    number: String(index + 1),
    from: formatElapsed(fromNs),
    lasted: formatLasting(seconds * NS_PER_SEC),
    end: because === '' ? ENDS[end] : because.replaceAll(/\s+/g, ' '),
    isWrong: end === 'targetEnded' || end === 'failed' || end === 'unwritable',
  }
}

function nameOf(signal: string): string {
  return Object.hasOwn(NAMES, signal) ? (NAMES[signal] ?? signal) : signal
}
