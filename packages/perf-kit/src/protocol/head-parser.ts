import { COLON, CR, digitOf, LF, SPACE, spells, TAB, TOKEN_BYTE, VALUE_BYTE } from './ascii.ts'
import type { ProtocolFault } from './protocol-fault.ts'

/** What `parse` answers instead of an offset. */
export const NEED_MORE = -1
export const MALFORMED = -2

/** Fifteen digits stay exact in a double; no body is a petabyte long. */
const LENGTH_DIGITS = 15
const STATUS_DIGITS = 3
const VERSION = new TextEncoder().encode('HTTP/1.')

/**
 * The status line and header lines of one answer (RFC 9112 §4, §5), strictly: what is not exactly as written there is
 * malformed, because a client that guesses measures another answer than the one that a user's client will see.
 * Reads whole lines; the caller keeps the bytes of a line that has not ended yet.
 */
export class HeadParser {
  /** three digits, from the status line */
  status = 0
  /** −1 when the head has none */
  contentLengthBytes = -1
  isChunked = false
  fault: ProtocolFault = 'STATUS_LINE'
  /** where the first line begins that `parse` has not read, when it needs more */
  unread = 0
  #closes = false
  #keepsOpen = true
  #beforeStatusLine = true
  #codings = 0

  get keepsAlive(): boolean {
    return this.#keepsOpen && !this.#closes
  }

  reset(): void {
    this.status = 0
    this.contentLengthBytes = -1
    this.isChunked = false
    this.#closes = false
    this.#keepsOpen = true
    this.#beforeStatusLine = true
    this.#codings = 0
  }

  /** @returns the offset after the empty line that ends the head, or `NEED_MORE`, or `MALFORMED` with `fault` set */
  parse(bytes: Uint8Array, from: number, to: number): number {
    let lineFrom = from
    if (this.#beforeStatusLine) {
      const next = this.#statusLine(bytes, from, to)
      if (next < 0) return this.#stop(next, from)
      this.#beforeStatusLine = false
      lineFrom = next
    }
    for (;;) {
      if (lineFrom < to && bytes[lineFrom] === CR) return this.#lastLine(bytes, lineFrom, to)
      const next = this.#headerLine(bytes, lineFrom, to)
      if (next < 0) return this.#stop(next, lineFrom)
      lineFrom = next
    }
  }

  #stop(reason: number, lineFrom: number): number {
    this.unread = lineFrom
    return reason
  }

  #malformed(fault: ProtocolFault): number {
    this.fault = fault
    return MALFORMED
  }

  #lastLine(bytes: Uint8Array, from: number, to: number): number {
    if (from + 1 >= to) return this.#stop(NEED_MORE, from)
    if (bytes[from + 1] !== LF) return this.#malformed('HEADER')
    if (this.#codings > 0 && (!this.isChunked || this.contentLengthBytes >= 0)) {
      return this.#malformed('TRANSFER_ENCODING')
    }
    return from + 2
  }

  /** `HTTP/1.1 200 OK`; the reason is for people, and may be missing with the space before it. */
  #statusLine(bytes: Uint8Array, from: number, to: number): number {
    const versionEnd = from + VERSION.length
    const known = Math.min(versionEnd, to)
    if (!spellsStart(bytes, from, known)) return this.#malformed('STATUS_LINE')
    if (known < versionEnd) return NEED_MORE

    const statusFrom = versionEnd + 2
    const statusEnd = statusFrom + STATUS_DIGITS
    let status = 0
    for (let at = versionEnd; at < statusEnd; at++) {
      if (at >= to) return NEED_MORE
      const byte = bytes[at] ?? 0
      const digit = digitOf(byte)
      if (at === versionEnd ? digit !== 0 && digit !== 1 : at < statusFrom ? byte !== SPACE : digit < 0) {
        return this.#malformed('STATUS_LINE')
      }
      status = at < statusFrom ? 0 : status * 10 + digit
    }
    if (status < 100) return this.#malformed('STATUS_LINE')
    if (statusEnd < to && bytes[statusEnd] !== SPACE && bytes[statusEnd] !== CR) return this.#malformed('STATUS_LINE')
    this.status = status
    this.#keepsOpen = bytes[versionEnd] === 0x31
    return this.#lineEnd(bytes, statusEnd, to, 'STATUS_LINE')
  }

  #headerLine(bytes: Uint8Array, from: number, to: number): number {
    let at = from
    while (at < to && TOKEN_BYTE[bytes[at] ?? 0] === 1) at++
    if (at === to) return NEED_MORE
    if (at === from || bytes[at] !== COLON) return this.#malformed('HEADER')
    const next = this.#lineEnd(bytes, at + 1, to, 'HEADER')
    return next < 0 ? next : this.#interpret(bytes, from, at, next - 2, next)
  }

  /** @returns the offset of the next line */
  #lineEnd(bytes: Uint8Array, from: number, to: number, fault: ProtocolFault): number {
    let at = from
    while (at < to && VALUE_BYTE[bytes[at] ?? 0] === 1) at++
    if (at === to) return NEED_MORE
    if (bytes[at] !== CR) return this.#malformed(fault)
    if (at + 1 === to) return NEED_MORE
    return bytes[at + 1] === LF ? at + 2 : this.#malformed(fault)
  }

  /** The few headers that say where the answer ends; lengths tell most others apart from them at once. */
  #interpret(bytes: Uint8Array, from: number, colon: number, end: number, next: number): number {
    const length = colon - from
    if (length !== 10 && length !== 14 && length !== 17) return next
    let valueFrom = colon + 1
    let valueEnd = end
    while (valueFrom < valueEnd && isBlank(bytes[valueFrom] ?? 0)) valueFrom++
    while (valueEnd > valueFrom && isBlank(bytes[valueEnd - 1] ?? 0)) valueEnd--
    if (length === 14 && spells(bytes, from, colon, 'content-length')) {
      return this.#contentLength(bytes, valueFrom, valueEnd) ? next : this.#malformed('CONTENT_LENGTH')
    }
    if (length === 17 && spells(bytes, from, colon, 'transfer-encoding')) {
      // A coding that is applied after chunked leaves no way to know where the body ends.
      this.#codings++
      this.isChunked = spells(bytes, valueFrom, valueEnd, 'chunked') && this.#codings === 1
    }
    if (length === 10 && spells(bytes, from, colon, 'connection')) {
      // Close wins, wherever it stands (RFC 9112 §9.3).
      if (listHas(bytes, valueFrom, valueEnd, 'close')) this.#closes = true
      else if (listHas(bytes, valueFrom, valueEnd, 'keep-alive')) this.#keepsOpen = true
    }
    return next
  }

  /** A second one is refused even if it says the same: two lengths are how answers are smuggled (RFC 9112 §6.3). */
  #contentLength(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.contentLengthBytes >= 0 || from === to || to - from > LENGTH_DIGITS) return false
    let lengthBytes = 0
    for (let at = from; at < to; at++) {
      const digit = digitOf(bytes[at] ?? 0)
      if (digit < 0) return false
      lengthBytes = lengthBytes * 10 + digit
    }
    this.contentLengthBytes = lengthBytes
    return true
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB
}

/** Whether the bytes so far can become `HTTP/1.`, which is written in capitals only (RFC 9112 §2.3). */
function spellsStart(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (bytes[at] !== VERSION[at - from]) return false
  }
  return true
}

/** Whether a comma-separated list has a word, in either case. */
function listHas(bytes: Uint8Array, from: number, to: number, word: string): boolean {
  let itemFrom = from
  for (let at = from; at <= to; at++) {
    if (at < to && bytes[at] !== 0x2c) continue
    let itemEnd = at
    while (itemFrom < itemEnd && isBlank(bytes[itemFrom] ?? 0)) itemFrom++
    while (itemEnd > itemFrom && isBlank(bytes[itemEnd - 1] ?? 0)) itemEnd--
    if (spells(bytes, itemFrom, itemEnd, word)) return true
    itemFrom = at + 1
  }
  return false
}
