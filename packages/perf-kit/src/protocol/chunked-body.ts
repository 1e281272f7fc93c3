import { COLON, CR, hexDigitOf, LF, SEMICOLON, SPACE, TAB, TOKEN_BYTE, VALUE_BYTE } from './ascii.ts'
import { MALFORMED, NEED_MORE } from './head-parser.ts'
import type { ProtocolFault } from './protocol-fault.ts'

/** Twelve hexadecimal digits are 256 TiB: more than a body has, and exact in a double. */
const SIZE_DIGITS = 12
/** Bytes of size lines' extensions and of trailers in one answer. Nobody needs them; without a limit they could be endless. */
const ASIDE_LIMIT_BYTES = 16_384

type State =
  | 'size'
  | 'size-blank'
  | 'extension'
  | 'size-lf'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  | 'trailer'
  | 'trailer-name'
  | 'trailer-value'
  | 'trailer-lf'
  | 'end-lf'

export interface BodySink {
  /** A piece of the body: `bytes` from `from` to `to`, to be read before the call returns. */
  onBody(bytes: Uint8Array, from: number, to: number): void
}

/** The chunked coding (RFC 9112 §7.1), byte by byte but for the data itself, so that it may be cut anywhere. */
export class ChunkedBody {
  fault: ProtocolFault = 'CHUNK'
  #state: State = 'size'
  #digits = 0
  #leftBytes = 0
  #asideBytes = 0

  reset(): void {
    this.#state = 'size'
    this.#digits = 0
    this.#leftBytes = 0
    this.#asideBytes = 0
  }

  /** @returns the offset after the last line end of the body, or `NEED_MORE`, or `MALFORMED` with `fault` set */
  read(bytes: Uint8Array, from: number, to: number, sink: BodySink): number {
    let at = from
    while (at < to) {
      if (this.#state === 'data') {
        const pieceTo = Math.min(to, at + this.#leftBytes)
        sink.onBody(bytes, at, pieceTo)
        this.#leftBytes -= pieceTo - at
        if (this.#leftBytes === 0) this.#state = 'data-cr'
        at = pieceTo
        continue
      }
      const byte = bytes[at] ?? 0
      at++
      if (this.#state === 'end-lf' && byte === LF) return at
      const next = this.#step(byte)
      if (next === undefined) {
        this.fault = this.#state.startsWith('trailer') || this.#state === 'end-lf' ? 'TRAILER' : 'CHUNK'
        return MALFORMED
      }
      this.#state = next
    }
    return NEED_MORE
  }

  /** @returns the next state; `undefined` where the byte may not stand */
  #step(byte: number): State | undefined {
    switch (this.#state) {
      case 'size':
        return this.#sizeByte(byte)
      case 'size-blank':
        return this.#afterSize(byte)
      case 'extension':
        return byte === CR ? 'size-lf' : this.#aside(VALUE_BYTE[byte] === 1, 'extension')
      case 'size-lf':
        return byte === LF ? this.#sizeEnd() : undefined
      case 'data-cr':
        return byte === CR ? 'data-lf' : undefined
      case 'data-lf':
        return byte === LF ? 'size' : undefined
      case 'trailer':
        return byte === CR ? 'end-lf' : this.#aside(TOKEN_BYTE[byte] === 1, 'trailer-name')
      case 'trailer-name':
        return this.#aside(byte === COLON || TOKEN_BYTE[byte] === 1, byte === COLON ? 'trailer-value' : 'trailer-name')
      case 'trailer-value':
        return this.#aside(byte === CR || VALUE_BYTE[byte] === 1, byte === CR ? 'trailer-lf' : 'trailer-value')
      case 'trailer-lf':
        return byte === LF ? 'trailer' : undefined
      default:
        return undefined
    }
  }

  #sizeByte(byte: number): State | undefined {
    const digit = hexDigitOf(byte)
    if (digit < 0) return this.#digits > 0 ? this.#afterSize(byte) : undefined
    this.#digits++
    if (this.#digits > SIZE_DIGITS) return undefined
    this.#leftBytes = this.#leftBytes * 16 + digit
    return 'size'
  }

  /** Blanks before an extension are obsolete, and still written (RFC 9112 §7.1.1). */
  #afterSize(byte: number): State | undefined {
    if (byte === CR) return 'size-lf'
    if (byte === SEMICOLON) return 'extension'
    return this.#aside(byte === SPACE || byte === TAB, 'size-blank')
  }

  #sizeEnd(): State {
    this.#digits = 0
    return this.#leftBytes === 0 ? 'trailer' : 'data'
  }

  #aside(isAllowed: boolean, next: State): State | undefined {
    this.#asideBytes++
    return isAllowed && this.#asideBytes <= ASIDE_LIMIT_BYTES ? next : undefined
  }
}
