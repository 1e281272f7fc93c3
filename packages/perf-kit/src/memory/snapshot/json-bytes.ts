/** The bytes that JSON is made of; all of them stand for themselves in UTF-8, wherever a file is cut in pieces. */
export const QUOTE = 0x22
export const BACKSLASH = 0x5c
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPEN_BRACKET = 0x5b
export const CLOSE_BRACKET = 0x5d
export const OPEN_BRACE = 0x7b
export const CLOSE_BRACE = 0x7d

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const BLANK = 0x20

/** White space between the words of JSON (RFC 8259, section 2). */
export function isSpace(byte: number): boolean {
  return byte === LF || byte === BLANK || byte === CR || byte === TAB
}
