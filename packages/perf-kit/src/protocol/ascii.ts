export const TAB = 0x09
export const LF = 0x0a
export const CR = 0x0d
export const SPACE = 0x20
export const COLON = 0x3a
export const SEMICOLON = 0x3b

const FIRST_DIGIT = 0x30
const DIGITS = 10

/** What HTTP allows in a header's name: a token (RFC 9110 §5.6.2). 1 for allowed. */
export const TOKEN_BYTE = byteClass((byte) => /[!#$%&'*+.^_`|~0-9A-Za-z-]/.test(String.fromCharCode(byte)))

/** What HTTP allows in a header's value: visible, space, tab and anything above ASCII (RFC 9110 §5.5). 1 for allowed. */
export const VALUE_BYTE = byteClass((byte) => byte === TAB || (byte >= SPACE && byte !== 0x7f))

function byteClass(has: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (has(byte) ? 1 : 0))
}

/** @returns 0 to 9, or −1 for what is no digit */
export function digitOf(byte: number): number {
  const value = byte - FIRST_DIGIT
  return value >= 0 && value < DIGITS ? value : -1
}

/** @returns 0 to 15, or −1 for what is no hexadecimal digit */
export function hexDigitOf(byte: number): number {
  const digit = digitOf(byte)
  if (digit >= 0) return digit
  const letter = (byte | SPACE) - 0x61
  return letter >= 0 && letter < 6 ? letter + DIGITS : -1
}

/**
 * Whether a range of bytes spells a word, in either case.
 *
 * @param word - lower case, ASCII
 */
export function spells(bytes: Uint8Array, from: number, to: number, word: string): boolean {
  if (to - from !== word.length) return false
  for (let at = 0; at < word.length; at++) {
    const byte = bytes[from + at] ?? 0
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | SPACE : byte
    if (lower !== word.charCodeAt(at)) return false
  }
  return true
}
