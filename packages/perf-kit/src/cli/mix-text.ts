import { didYouMean, PerfKitError } from '../errors/index.ts'
import type { WeightedOperation } from '../load/index.ts'

const EXAMPLE = "'call echo=8, list=1, ping=1'"

/** What an operation needs after its word. */
type Takes = 'nothing' | 'kind' | 'tool' | 'uri'

interface Word {
  readonly method: string
  readonly takes: Takes
}

/** The words of a mix, and what they ask of a server. */
const WORDS: ReadonlyMap<string, Word> = new Map([
  ['call', { method: 'tools/call', takes: 'tool' }],
  ['list', { method: 'tools/list', takes: 'kind' }],
  ['ping', { method: 'ping', takes: 'nothing' }],
  ['read', { method: 'resources/read', takes: 'uri' }],
  ['subscribe', { method: 'resources/subscribe', takes: 'uri' }],
  ['unsubscribe', { method: 'resources/unsubscribe', takes: 'uri' }],
])
const KINDS = ['tools', 'resources', 'prompts']

/**
 * A mix of operations as a user writes it: `call echo=8, call add {"a":1}=2, list, ping=0.5`. A weight that is left out is 1.
 *
 * @param texts - each a list of its own; they are put together
 * @throws {PerfKitError} `LOAD_INVALID` with all that is wrong with it
 */
export function parseMix(texts: readonly string[]): readonly WeightedOperation[] {
  const problems: string[] = []
  const operations = texts.flatMap((text) =>
    splitOutside(text, ',').flatMap((item) => {
      const read = readItem(item)
      if (typeof read !== 'string') return [read]
      problems.push(read)
      return []
    }),
  )
  if (problems.length > 0) {
    throw new PerfKitError('LOAD_INVALID', `the mix cannot be read: ${problems.join('; ')}`, {
      remedy: `Write operations with their weights, such as ${EXAMPLE}; docs/load.md has them all.`,
    })
  }
  return operations
}

/** @returns what is wrong with it, when that is so */
function readItem(item: string): WeightedOperation | string {
  const [operation = '', ...weights] = splitOutside(item, '=')
  const weightText = weights.length === 0 ? '1' : (weights.at(-1)?.trim() ?? '')
  // A URI may have a sign of equality too: only the last one is the weight's.
  const text = [operation, ...weights.slice(0, -1)].join('=').trim()
  if (text === '')
    return item.trim() === '' ? 'an operation is missing' : `there is no operation before "${item.trim()}"`
  const weight = /^(\d+\.?\d*|\.\d+)$/.test(weightText) ? Number(weightText) : Number.NaN
  if (!(weight > 0)) return `the weight of "${text}" must be a number above 0, and is "${weightText}"`
  const read = readOperation(text)
  return typeof read === 'string' ? read : { ...read, weight }
}

function readOperation(text: string): WeightedOperation | string {
  const [, name = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(text) ?? []
  const word = WORDS.get(name)
  if (word === undefined) {
    return `"${name}" is no operation${didYouMean(name, WORDS.keys())}`
  }
  const { method, takes } = word
  if (takes === 'tool') return readCall(rest)
  if (takes === 'uri') {
    return /^\S+$/.test(rest) ? { method, params: { uri: rest } } : `"${name}" needs a resource: ${name} file:///a.txt`
  }
  if (takes === 'kind' && rest !== '') {
    return KINDS.includes(rest)
      ? { method: `${rest}/list`, params: {} }
      : `"list ${rest}" lists nothing${didYouMean(rest, KINDS)}; it lists ${KINDS.join(', ')}`
  }
  return rest === '' ? { method, params: {} } : `"${name}" takes nothing after it, and "${rest}" stands there`
}

function readCall(text: string): WeightedOperation | string {
  const [, tool, json = '{}'] = /^([^\s{]\S*)(?:\s+(.+))?$/s.exec(text) ?? []
  if (tool === undefined) return '"call" needs a tool: call echo'
  const given = parsedObject(json)
  if (given === undefined) return `the arguments of "${tool}" are no JSON object: ${json}`
  return { method: 'tools/call', params: { name: tool, arguments: given } }
}

function parsedObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Parts between separators, but for those within braces or a text in quotes. */
function splitOutside(text: string, separator: string): string[] {
  const parts = ['']
  let depth = 0
  let isQuoted = false
  let isEscaped = false
  for (const character of text) {
    if (depth === 0 && character === separator) {
      parts.push('')
      continue
    }
    parts.push(`${parts.pop() ?? ''}${character}`)
    if (isEscaped) isEscaped = false
    else if (isQuoted && character === '\\') isEscaped = true
    else if (depth > 0 && character === '"') isQuoted = !isQuoted
    else if (!isQuoted && character === '{') depth++
    else if (!isQuoted && character === '}') depth = Math.max(0, depth - 1)
  }
  return parts
}
