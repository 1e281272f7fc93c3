import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

const PLAIN = /^[\x20-\x7e]*$/

/** Columns that a text takes on a terminal: wide characters two, combining ones none. */
export function textWidth(text: string): number {
  return PLAIN.test(text) ? text.length : loadStringWidth()(text)
}

/** Loaded when a text needs it: its tables of characters take longer to load than a report does to write. */
function loadStringWidth(): typeof import('string-width').default {
  const loaded: typeof import('string-width') = require('string-width')
  return loaded.default
}

export function padTo(text: string, width: number, side: 'left' | 'right'): string {
  const blank = ' '.repeat(Math.max(0, width - textWidth(text)))
  return side === 'left' ? text + blank : blank + text
}

/** Both ends of a text that is too wide: names of cases differ at the end, names of benchmarks at the beginning. */
export function shortenMiddle(text: string, width: number, ellipsis: string): string {
  if (textWidth(text) <= width) return text
  const room = width - textWidth(ellipsis)
  if (room < 2) return takeWhileFits(graphemes(text), width).join('')
  const head = takeWhileFits(graphemes(text), Math.ceil(room / 2))
  const tail = takeWhileFits(graphemes(text).toReversed(), Math.floor(room / 2)).toReversed()
  return `${head.join('')}${ellipsis}${tail.join('')}`
}

function graphemes(text: string): string[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

function takeWhileFits(parts: readonly string[], width: number): string[] {
  const taken: string[] = []
  let used = 0
  for (const part of parts) {
    used += textWidth(part)
    if (used > width) break
    taken.push(part)
  }
  return taken
}

/** Lines of at most `width` columns, broken between words; a word that is wider stays whole, so that paths can be copied. */
export function wrapText(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const extended = line === '' ? word : `${line} ${word}`
    const prefix = lines.length === 0 ? '' : indent
    if (line !== '' && textWidth(prefix) + textWidth(extended) > width) {
      lines.push(prefix + line)
      line = word
    } else {
      line = extended
    }
  }
  lines.push((lines.length === 0 ? '' : indent) + line)
  return lines
}
