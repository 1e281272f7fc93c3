import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isBackendName, joinToolName, RouteTable } from '../src/route-table.ts'

const nameChar = fc.constantFrom(...'abcXYZ019_-.')
const backendName = fc.string({ unit: nameChar, minLength: 1 }).filter(isBackendName)
const toolName = fc.string({ unit: nameChar, minLength: 1 })

describe('RouteTable', () => {
  test('leads every public name back to its backend and tool', () => {
    fc.assert(
      fc.property(fc.dictionary(backendName, fc.uniqueArray(toolName)), (backends) => {
        const table = new RouteTable()
        for (const [backend, tools] of Object.entries(backends)) table.replaceBackend(backend, tools)
        for (const [backend, tools] of Object.entries(backends)) {
          for (const tool of tools) expect(table.lookup(joinToolName(backend, tool))).toEqual({ backend, tool })
        }
        expect(table.size).toBe(Object.values(backends).flat().length)
      }),
    )
  })

  test('forgets the tools a backend no longer has, and no others', () => {
    const table = new RouteTable()
    table.replaceBackend('a', ['old', 'kept'])
    table.replaceBackend('b', ['old'])
    table.replaceBackend('a', ['kept', 'new'])
    expect(table.lookup('a__old')).toBeUndefined()
    expect(table.lookup('a__kept')).toEqual({ backend: 'a', tool: 'kept' })
    expect(table.lookup('a__new')).toEqual({ backend: 'a', tool: 'new' })
    expect(table.lookup('b__old')).toEqual({ backend: 'b', tool: 'old' })
    table.removeBackend('a')
    expect(table.size).toBe(1)
  })

  test('finds nothing under names every object has', () => {
    const table = new RouteTable()
    expect(table.lookup('__proto__')).toBeUndefined()
    expect(table.lookup('constructor')).toBeUndefined()
  })

  test.each(['', 'a__b', 'a_', '_a', 'a b', 'ä'])('refuses %j as the name of a backend', (name) => {
    expect(() => new RouteTable().replaceBackend(name, [])).toThrow(RangeError)
  })
})
