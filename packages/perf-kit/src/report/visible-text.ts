/**
 * What must never reach a terminal or a page as it is, because it moves the cursor, starts an escape sequence, breaks a line
 * or turns the writing direction: control characters, line and paragraph separators, marks of direction.
 */
const UNSAFE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

/** A user's text on one line, with everything unsafe spelt out: a tab becomes `\u{9}`. */
export function visibleText(text: string): string {
  return text.toWellFormed().replaceAll(UNSAFE, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`)
}

/** Messages may have lines of their own; each is made visible. */
export function visibleLines(text: string): string[] {
  return text.split(/\r?\n/).map(visibleText)
}
