import { parseArgs } from 'node:util'
import { parseDurationMs } from './duration.ts'

/** One command line flag, and the values given for it. */
export class Flag<T> {
  readonly help: string
  /** What it takes, for the help and for complaints: `a duration such as 5s`. */
  readonly takes: string
  readonly values: T[] = []
  readonly #read: (text: string) => T | undefined

  /** @param read - returns undefined for a value the flag does not take */
  constructor(help: string, takes: string, read: (text: string) => T | undefined) {
    this.help = help
    this.takes = takes
    this.#read = read
  }

  /** The value that counts where only one can. */
  get last(): T | undefined {
    return this.values.at(-1)
  }

  /** @returns whether the flag takes the value */
  accept(text: string): boolean {
    const value = this.#read(text)
    if (value !== undefined) this.values.push(value)
    return value !== undefined
  }
}

export type Flags = Readonly<Record<string, Flag<unknown>>>

export type CommandLine =
  | { readonly kind: 'run' }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] }

/** Reads a command line into `flags`, and reports all that is wrong with it at once. */
export function readCommandLine(argv: readonly string[], flags: Flags): CommandLine {
  const names = Object.keys(flags)
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string', multiple: true } as const]))
  // Not strict: that would stop at the first mistake, and could not say what was meant.
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true, allowPositionals: true })
  const problems: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') problems.push(`unexpected argument "${token.value}"`)
    if (token.kind !== 'option') continue
    if (token.name === 'help' || token.name === 'h') return { kind: 'help' }
    const { name, value } = token
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
    if (flag === undefined) problems.push(`unknown flag ${token.rawName}${didYouMean(name, names)}`)
    else if (value === undefined) problems.push(`--${name} takes ${flag.takes}, got nothing`)
    else if (!flag.accept(value)) problems.push(`--${name} takes ${flag.takes}, got "${value}"`)
  }
  return problems.length > 0 ? { kind: 'wrong', problems } : { kind: 'run' }
}

export function renderHelp(usage: string, flags: Flags): string {
  const width = Math.max(...Object.keys(flags).map((name) => name.length))
  const lines = Object.entries(flags).map(
    ([name, { help, takes }]) => `  --${name.padEnd(width)}  ${help} Takes ${takes}.`,
  )
  return `usage: ${usage}\n\n${lines.join('\n')}\n`
}

export function count(help: string): Flag<number> {
  return new Flag(help, 'a whole number', (text) => (/^\d+$/.test(text) ? Number(text) : undefined))
}

export function port(help: string): Flag<number> {
  return new Flag(help, 'a port from 0 to 65535, 0 for any free one', (text) =>
    /^\d+$/.test(text) && Number(text) < 65_536 ? Number(text) : undefined,
  )
}

export function amount(help: string): Flag<number> {
  return new Flag(help, 'a number', (text) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined))
}

export function ratio(help: string): Flag<number> {
  return new Flag(help, 'a number from 0 to 1', (text) =>
    /^\d+(\.\d+)?$/.test(text) && Number(text) <= 1 ? Number(text) : undefined,
  )
}

export function durationMs(help: string): Flag<number> {
  return new Flag(help, 'a duration such as 500ms, 5s or 2m', parseDurationMs)
}

export function text(help: string, takes: string, isValid: (text: string) => boolean): Flag<string> {
  return new Flag(help, takes, (value) => (isValid(value) ? value : undefined))
}

function didYouMean(name: string, known: readonly string[]): string {
  const [best] = known
    .map((flag) => ({ flag, distance: editDistance(name, flag) }))
    .sort((a, b) => a.distance - b.distance)
  // A third of the letters wrong is a slip; more is another word.
  return best && best.distance <= Math.ceil(name.length / 3) ? `, did you mean --${best.flag}?` : ''
}

/** Levenshtein distance, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
