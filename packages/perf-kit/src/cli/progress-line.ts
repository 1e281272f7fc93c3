import type { BenchProgress } from '../bench/index.ts'

const PLAIN_LINE_EVERY_MS = 10_000
const REDRAW_EVERY_MS = 100

/** Shows where a measurement stands: one line that is redrawn on a terminal, a plain line now and then elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream
  #shownAtMs = 0
  #shownStep = ''

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  show(progress: BenchProgress): void {
    const now = performance.now()
    const everyMs = this.#stream.isTTY ? REDRAW_EVERY_MS : PLAIN_LINE_EVERY_MS
    // A new kind of step without forks ("installing …") may last: it is shown at once.
    const isNews = progress.subject === undefined && progress.step !== this.#shownStep
    if (!isNews && now - this.#shownAtMs < everyMs) return
    this.#shownAtMs = now
    this.#shownStep = progress.step
    const text = describe(progress)
    if (this.#stream.isTTY) this.#stream.write(`\r\u001B[2K${text.slice(0, this.#stream.columns - 1)}`)
    else this.#stream.write(`${text}\n`)
  }

  clear(): void {
    if (this.#stream.isTTY && this.#shownAtMs > 0) this.#stream.write('\r\u001B[2K')
    this.#shownAtMs = 0
  }
}

function describe({ step, subject, doneForks, plannedForks, remainingNs }: BenchProgress): string {
  if (subject === undefined) return `${step} …`
  const left = remainingNs === undefined ? '' : `, ${describeTime(remainingNs)} left`
  return `${doneForks}/${plannedForks} forks${left} · ${subject} · ${step}`
}

function describeTime(durationNs: number): string {
  const seconds = Math.ceil(durationNs / 1e9)
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 90 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
