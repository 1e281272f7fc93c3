import { describe, expect, it } from 'vitest'
import { foldedPath } from '../../../src/memory/snapshot/folded-path.ts'

const times = (count: number, ...steps: readonly string[]): string[] =>
  Array.from({ length: count }, () => steps).flat()

describe('a path from a root', () => {
  it('stays as it is where nothing repeats', () => {
    const path = ['global.sessions', 'Map.table', '(array)[]', 'Session']
    expect(foldedPath(path)).toEqual(path)
    expect(foldedPath([])).toEqual([])
  })

  it.each([2, 3, 100])('has the links of a list once, however many there are: %i', (count) => {
    const path = ['system / Context.kept', ...times(count, 'Object.next'), 'Object']
    expect(foldedPath(path)).toEqual(['system / Context.kept', 'Object.next', '…', 'Object'])
  })

  it('has what comes in turns once', () => {
    const turn = ['(closure).context', 'system / Context.before', '(array)[]']
    expect(foldedPath(['global.kept', ...times(5, ...turn), '(closure)'])).toEqual([
      'global.kept',
      ...turn,
      '…',
      '(closure)',
    ])
  })

  it('has a gap that is part of what repeats once', () => {
    const path = ['global.kept', ...times(4, 'Object.next'), '…', ...times(2, 'Object.next'), 'Object']
    expect(foldedPath(path)).toEqual(['global.kept', 'Object.next', '…', 'Object'])
  })

  it('keeps a gap between what differs', () => {
    expect(foldedPath(['A.x', '…', 'B.y', 'C'])).toEqual(['A.x', '…', 'B.y', 'C'])
  })
})
