import type { FillJson } from '../../protocol/index.ts'
import { bindTemplate, parseTemplate } from '../data/template.ts'
import { KeptByRow, Room } from './kept-by-row.ts'
import type { RowTurns } from './row-turns.ts'

/** Fills gaps of JSON with the row whose turn it is, for all sessions of a thread: what is made of a row is the same in all of them. */
export function jsonGaps(rows: RowTurns): FillJson {
  const room = new Room()
  const known = new Map<string, (() => string) | undefined>()
  return (json) => {
    if (!known.has(json)) known.set(json, fillerOf(json, rows, room))
    return known.get(json)
  }
}

function fillerOf(json: string, rows: RowTurns, room: Room): (() => string) | undefined {
  const template = parseTemplate(json, 'json')
  if (template.gaps.length === 0) return undefined
  const textOf = bindTemplate(template, rows.columns)
  const kept = new KeptByRow(
    room,
    (row) => Buffer.from(textOf(rows.valuesOf(row))).toString('latin1'),
    (text) => text.length,
  )
  return () => kept.of(rows.next())
}
