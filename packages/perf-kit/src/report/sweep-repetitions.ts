import type { Comparison } from '../baseline/index.ts'
import type { Run } from '../run/index.ts'
import { type Repetitions, repetitionsOf } from './repetition-rows.ts'
import type { SweepRow } from './sweep-view.ts'

/** What can fail a build: the rest of what is compared would be a screen for each value. */
const TOLD: ReadonlySet<string> = new Set(['succeeded', 'response time p50', 'response time p99'])

/**
 * What was compared of each value, in one table.
 *
 * @returns `undefined` for a sweep that nobody held against a baseline: its own table has what there is to tell
 */
export function sweepRepetitions(
  run: Run,
  values: readonly SweepRow[],
  comparison: Comparison | undefined,
  style: { readonly unicode: boolean },
): Repetitions | undefined {
  if (comparison === undefined) return undefined
  const tables = values.flatMap(({ subject, label }) => {
    const own = repetitionsOf(run, subject, comparison, style)
    return own === undefined ? [] : [{ ...own, label }]
  })
  const [first] = tables
  if (first === undefined) return undefined
  const rows = tables.flatMap((table) =>
    table.rows.filter(({ label }) => TOLD.has(label)).map((row) => ({ ...row, label: `${table.label}: ${row.label}` })),
  )
  return { title: first.title, rows }
}
