import type { LoadResult } from '../load/index.ts'
import { formatQuantity } from '../report/index.ts'

const REDRAW_EVERY_MS = 1_000
const PLAIN_LINE_EVERY_MS = 10_000
const NS_PER_SEC = 1e9

/** What a load does at the moment: redrawn each second on a terminal, a plain line now and then elsewhere. */
export class LoadProgress {
  readonly #stream: NodeJS.WriteStream
  #timer: NodeJS.Timeout | undefined

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  /** @param title - what is driven, where that is one of several */
  watch(result: LoadResult, title?: string): void {
    this.#timer = setInterval(
      () => this.#show(title === undefined ? describe(result) : `${title} · ${describe(result)}`),
      this.#stream.isTTY ? REDRAW_EVERY_MS : PLAIN_LINE_EVERY_MS,
    )
  }

  clear(): void {
    clearInterval(this.#timer)
    if (this.#timer !== undefined && this.#stream.isTTY) this.#stream.write('\r\u001B[2K')
    this.#timer = undefined
  }

  #show(text: string): void {
    if (this.#stream.isTTY) this.#stream.write(`\r\u001B[2K${text.slice(0, this.#stream.columns - 1)}`)
    else this.#stream.write(`${text}\n`)
  }
}

function describe({ seconds, durationNs, failed, dropped, response, engine }: LoadResult): string {
  const last = seconds.at(-1)
  const wholeSeconds = Math.round(durationNs / NS_PER_SEC)
  if (engine === 'oha') return `oha drives for ${wholeSeconds} s, and tells at its end`
  const parts = [
    `${Math.min(seconds.length, wholeSeconds)} of ${wholeSeconds} s`,
    formatQuantity(last?.finished ?? 0, 'perSec'),
    ...(response.totalCount === 0 ? [] : [`p99 ${formatQuantity(response.getValueAtPercentile(99), 'ns')}`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(dropped === 0 ? [] : [`${dropped} not sent`]),
  ]
  return parts.join(' · ')
}
