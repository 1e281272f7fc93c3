import { getSystemErrorName } from 'node:util'

/** Requests without an answer, by what became of them: oha tells no times of these. */
export type FailureCounts = ReadonlyMap<string, number>

const OUTCOMES: ReadonlyMap<string, string> = new Map([
  ['timeout', 'TIMEOUT'],
  ['connection closed before message completed', 'CLOSED'],
])
/** Texts of errors may hold what differs from one to the next. */
const MOST_OUTCOMES = 50
const LONGEST_CHARS = 100

/**
 * What oha prints, in its JSON.
 *
 * @returns `undefined` when it is none that we know
 */
export function readFailures(text: string): FailureCounts | undefined {
  const errors = property(parsed(text), 'errorDistribution')
  if (typeof errors !== 'object' || errors === null) return undefined
  const counts = new Map<string, number>()
  for (const [said, count] of Object.entries(errors)) {
    if (!Number.isSafeInteger(count)) return undefined
    const known = ohaOutcome(said)
    const outcome = counts.has(known) || counts.size < MOST_OUTCOMES ? known : 'OHA and others'
    counts.set(outcome, (counts.get(outcome) ?? 0) + count)
  }
  return counts
}

/** The class that we count an error of oha's in; `OHA …` for what only oha has a name for. */
export function ohaOutcome(said: string): string {
  const number = /\(os error (\d+)\)/.exec(said)?.[1]
  if (number !== undefined) return systemName(Number(number)) ?? `OHA ${said}`
  return OUTCOMES.get(said) ?? `OHA ${said.slice(0, LONGEST_CHARS)}`
}

function systemName(errorNumber: number): string | undefined {
  // libuv has its own numbers on Windows.
  if (process.platform === 'win32' || errorNumber === 0) return undefined
  const name = getSystemErrorName(-errorNumber)
  return name.startsWith('Unknown') ? undefined : name
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
