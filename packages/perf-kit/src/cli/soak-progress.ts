import { formatLasting, formatQuantity } from '../report/index.ts'
import type { SoakProgress } from '../soak/index.ts'

const NS_PER_SEC = 1e9
const PLAIN_LINE_EVERY_SEC = 60
const SHOWN_SIGNALS: ReadonlySet<string> = new Set(['heap', 'rss'])

/** How a soak goes: a line that is drawn anew each second on a terminal, a plain one a minute elsewhere. */
export class SoakProgressLine {
  readonly #stream: NodeJS.WriteStream
  readonly #isQuiet: boolean
  #title = ''
  #hasDrawn = false
  #untilPlain = 0

  constructor(stream: NodeJS.WriteStream, isQuiet: boolean) {
    this.#stream = stream
    this.#isQuiet = isQuiet
  }

  begin(title: string): void {
    this.#title = title
    this.#untilPlain = 0
  }

  readonly show = (progress: SoakProgress): void => {
    if (this.#isQuiet) return
    if (!this.#stream.isTTY) {
      if (this.#untilPlain-- > 0) return
      this.#untilPlain = PLAIN_LINE_EVERY_SEC - 1
      this.#stream.write(`${this.#title} · ${describeProgress(progress)}\n`)
      return
    }
    this.#hasDrawn = true
    const text = `${this.#title} · ${describeProgress(progress)}`
    this.#stream.write(`\r\u001B[2K${text.slice(0, this.#stream.columns - 1)}`)
  }

  clear(): void {
    if (this.#hasDrawn) this.#stream.write('\r\u001B[2K')
    this.#hasDrawn = false
  }
}

/** `4 min 12 s left · 5.01 k/s · p99 12.1 ms · 34.1 MB · heap +12.3 B a request` */
function describeProgress(progress: SoakProgress): string {
  const { measuredSec, plannedNs, finishedPerSec, failedPerSec, p99Ns, memoryBytes, verdict } = progress
  const leftNs = Math.max(0, plannedNs - measuredSec * NS_PER_SEC)
  const grown = verdict?.signals.find(({ signal, each }) => SHOWN_SIGNALS.has(signal) && each !== undefined)
  return [
    `${formatLasting(leftNs)} left`,
    formatQuantity(finishedPerSec, 'perSec'),
    ...(failedPerSec === 0 ? [] : [`${failedPerSec.toLocaleString('en-US')} failed`]),
    ...(p99Ns === null ? [] : [`p99 ${formatQuantity(p99Ns, 'ns')}`]),
    ...(memoryBytes === undefined ? [] : [formatQuantity(memoryBytes, 'bytes')]),
    ...(grown?.each === undefined ? [] : [`${grown.signal} ${signed(grown.each.value)} a ${grown.per}`]),
    ...(verdict?.state === 'leaking' ? ['leaking'] : []),
  ].join(' · ')
}

function signed(bytes: number): string {
  return `${bytes < 0 ? '−' : '+'}${formatQuantity(Math.abs(bytes), 'bytes')}`
}
