import { type McpOperation, operationTopic } from '../protocol/index.ts'
import type { RunNote } from '../run/index.ts'
import type { LoadPlan } from './load-plan.ts'
import type { LoadResult } from './load-result.ts'

const LONGEST_SHOWN = 200
/** What is shorter than that is in any text. */
const SHORTEST_SECRET = 4
const HIDDEN = '…'

/** What the target said when it answered with an error for the first time, by outcome: nobody knows as well what is wrong. */
export function saidNotes({ said, plan }: LoadResult): readonly RunNote[] {
  // Which row's values a text repeats is not known, nor which of several requests it answers.
  if (plan.data !== undefined || plan.variants !== undefined) return []
  const secrets = secretsOf(plan)
  return [...said].map(([outcome, text]) => ({
    code: 'TARGET_SAID',
    message: `the first ${outcome} said: “${shown(text, secrets)}”`,
  }))
}

/** A target may repeat what it was sent, and a report is read by others: headers, the query and parameters are left out. */
function secretsOf({ headers, endpoint, mcp }: LoadPlan): string[] {
  const at = endpoint.path.indexOf('?')
  const query = at < 0 ? '' : endpoint.path.slice(at + 1)
  const values = [
    ...Object.values(headers),
    endpoint.authorization ?? '',
    // As it was sent, and as a server reads it.
    ...[query, ...query.split(/[&=?]/)].flatMap((part) => [part, ...new URLSearchParams(`part=${part}`).values()]),
    ...new URLSearchParams(query).values(),
    ...(mcp?.operations ?? []).flatMap(secretsOfOperation),
  ]
  const parts = values.flatMap((value) => [value, ...value.split(/\s+/)])
  const long = [...new Set(parts)].filter((part) => part.length >= SHORTEST_SECRET)
  return long.toSorted((left, right) => right.length - left.length)
}

/** All parameters but the tool, prompt or resource, which an operation is called by in each report. */
function secretsOfOperation(operation: McpOperation): string[] {
  const topic = operationTopic(operation)
  return Object.values(operation.params).flatMap((value) => (value === topic ? [] : textsIn(value)))
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

function shown(text: string, secrets: readonly string[]): string {
  const hidden = secrets.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text)
  const line = hidden.replaceAll(/\s+/g, ' ').trim()
  return line.length <= LONGEST_SHOWN ? line : `${line.slice(0, LONGEST_SHOWN)}${HIDDEN}`
}
