import { isHeaderValue } from '../../protocol/index.ts'

/**
 * How a value is written into what is around it:
 * - `plain`: as it is
 * - `header`: as it is, if a header can carry it
 * - `percent`: escaped, for a path or a form
 * - `json`: in a JSON text, escaped within a string; a string that is nothing but a gap becomes the value with its type
 */
export type Writing = 'plain' | 'header' | 'percent' | 'json'

/** Where a value goes. */
export interface Gap {
  /** of the column */
  readonly name: string
  readonly write: (value: unknown) => string
  /** what is wrong with a value in this place; nothing when it fits */
  readonly problemOf: (value: unknown) => string | undefined
}

/** A text with gaps: one text more than gaps, which they lie between. */
export interface Template {
  readonly texts: readonly string[]
  readonly gaps: readonly Gap[]
}

/** Names of columns have no braces, quotes or backslashes, so that they can stand in any JSON. */
const GAP = /\{\{\s*([^{}"\\]+?)\s*\}\}/
/** A URL has its braces and blanks escaped, in its path always and in its query sometimes. */
const URL_GAP = /(?:\{|%7b){2}((?:(?!%7d|%7b)[^{}])+)(?:\}|%7d){2}/gi

/** Places for values of a row: `{{column}}`. */
export function parseTemplate(text: string, writing: Writing): Template {
  if (writing === 'json') return parseJson(text)
  const shown = writing === 'percent' ? withPlainGaps(text) : text
  const { texts, names } = split(shown)
  return { texts, gaps: names.map((name) => ({ name, ...WRITERS[writing] })) }
}

/** The same text with `{{column}}` where a URL has escaped it. */
export function withPlainGaps(path: string): string {
  return path.replace(URL_GAP, (_, name: string) => `{{${decoded(name)}}}`)
}

/**
 * A template for the values of certain columns.
 *
 * @param columns - has each gap's name
 * @returns the text, given the values of a row in the order of the columns
 */
export function bindTemplate({ texts, gaps }: Template, columns: readonly string[]) {
  const places = gaps.map(({ name, write }, index) => ({
    at: columns.indexOf(name),
    write,
    after: texts[index + 1] ?? '',
  }))
  const first = texts[0] ?? ''
  return (row: readonly unknown[]): string => {
    let text = first
    for (const { at, write, after } of places) text += write(row[at]) + after
    return text
  }
}

/** Strings are themselves, and everything else is its JSON. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const fits = (): undefined => undefined

const WRITERS = {
  plain: { write: textOf, problemOf: fits },
  header: {
    write: textOf,
    problemOf: (value: unknown) => (isHeaderValue(textOf(value)) ? undefined : 'has bytes that a header cannot carry'),
  },
  percent: { write: (value: unknown) => encodeURIComponent(textOf(value).toWellFormed()), problemOf: fits },
} as const

const IN_STRING = { write: (value: unknown) => JSON.stringify(textOf(value)).slice(1, -1), problemOf: fits }
const WHOLE_STRING = { write: (value: unknown) => JSON.stringify(value), problemOf: fits }
/** Outside of strings, as in `{"id": {{id}}}`, it is what the user says it is. */
const BARE = {
  write: textOf,
  problemOf: (value: unknown) => (isJson(textOf(value)) ? undefined : 'is no JSON, and stands outside of quotes'),
}

/** The end of a string that is a value: a name, which has a colon behind it, must stay a string. */
const VALUE_END = /^"(?!\s*:)/

function parseJson(text: string): Template {
  const { texts, names } = split(text)
  const kept = [...texts]
  let isQuoted = false
  const gaps = names.map((name, index): Gap => {
    const before = kept[index] ?? ''
    const after = kept[index + 1] ?? ''
    const lastQuote = quotesOf(before).at(-1)
    if (quotesOf(before).length % 2 === 1) isQuoted = !isQuoted
    if (!isQuoted) return { name, ...BARE }
    if (lastQuote !== before.length - 1 || !VALUE_END.test(after)) return { name, ...IN_STRING }
    // The value brings its own quotes, where it has any.
    kept[index] = before.slice(0, -1)
    kept[index + 1] = after.slice(1)
    isQuoted = false
    return { name, ...WHOLE_STRING }
  })
  return { texts: kept, gaps }
}

/** Where strings begin and end. */
function quotesOf(json: string): number[] {
  return [...json.matchAll(/\\.|"/gs)].filter(([mark]) => mark === '"').map(({ index }) => index)
}

function split(text: string): { readonly texts: string[]; readonly names: string[] } {
  const parts = text.split(GAP)
  return { texts: parts.filter((_, index) => index % 2 === 0), names: parts.filter((_, index) => index % 2 === 1) }
}

const JSON_START = /^\s*(?:\[|"|\{(?!\{))/

/** Whether a text is JSON once its gaps are filled: `{"id": {{id}}}` is. @param isSaid - a header says that it is JSON */
export function isJsonTemplate(text: string, { isSaid = false }: { readonly isSaid?: boolean } = {}): boolean {
  // Nothing but gaps is whatever they hold.
  return (isSaid || JSON_START.test(text)) && isJson(split(text).texts.join('0'))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A lone `%` is what somebody has typed, and means itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
