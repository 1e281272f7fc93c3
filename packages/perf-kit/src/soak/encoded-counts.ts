import { inflateSync } from 'node:zlib'
import type { Histogram } from 'hdr-histogram-js'
import { loadHistograms } from '../run/index.ts'

/** Of what is compressed: a cookie, and its length. */
const OUTER_HEAD_BYTES = 8
/** A cookie, the length of what follows, an offset, digits, lowest, highest, and a ratio (HdrHistogram, V2 encoding). */
const HEAD_BYTES = 40
const LENGTH_AT = 4
const DIGITS_AT = 12
/** Of all histograms here, and what their places follow from: 2048 values side by side, and then 1024 for each power of two. */
const DIGITS = 3
const HALF = 1_024
const HALF_BITS = 10
/** Seven bits a byte, but for a ninth one. */
const BYTE_VALUES = 128
const LAST_SHIFT = BYTE_VALUES ** 8

/**
 * Adds an HDR histogram (V2, compressed, base64) to another one without making one of it first: each second of a soak has ten of them, and each of
 * those would be hundreds of kilobytes of garbage.
 *
 * @param into - of three digits, from 1
 */
export function addEncoded(encoded: string, into: Histogram): void {
  const bytes = inflateSync(Buffer.from(encoded, 'base64').subarray(OUTER_HEAD_BYTES))
  if (bytes.readInt32BE(DIGITS_AT) !== DIGITS) {
    into.add(loadHistograms().decodeFromCompressedBase64(encoded))
    return
  }
  const end = HEAD_BYTES + bytes.readInt32BE(LENGTH_AT)
  let at = HEAD_BYTES
  let place = 0
  while (at < end) {
    let word = 0
    let scale = 1
    let byte = BYTE_VALUES
    while (byte >= BYTE_VALUES) {
      byte = bytes[at++] ?? 0
      word += (scale === LAST_SHIFT ? byte : byte % BYTE_VALUES) * scale
      if (scale === LAST_SHIFT) break
      scale *= BYTE_VALUES
    }
    // ZigZag: odd words are negative, and tell how many places have no count.
    if (word % 2 === 1) {
      place += (word + 1) / 2
      continue
    }
    // The highest value that counts there: the slowest request is not made faster.
    if (word > 0) into.recordValueWithCount(valueAt(place + 1) - 1, word / 2)
    place++
  }
}

function valueAt(place: number): number {
  const power = (place >> HALF_BITS) - 1
  return power < 0 ? place : (place - power * HALF) * 2 ** power
}
