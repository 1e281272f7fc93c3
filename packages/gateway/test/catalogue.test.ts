import type { Tool } from '@modelcontextprotocol/sdk/types.js'
import { expect, test } from 'vitest'
import { Catalogue } from '../src/catalogue.ts'

const tool = (name: string): Tool => ({ name, inputSchema: { type: 'object' } })
const resource = (uri: string, name = uri) => ({ uri, name })

test('lists every tool under its public name, and only in its newest form', () => {
  const catalogue = new Catalogue(['a', 'b'])
  catalogue.setTools('b', [tool('x')])
  catalogue.setTools('a', [tool('old')])
  catalogue.setTools('a', [tool('x'), tool('y')])
  expect(catalogue.tools().map(({ name }) => name)).toEqual(['a__x', 'a__y', 'b__x'])
  expect(catalogue.route('a__old')).toBeUndefined()
  expect(catalogue.toolCount('a')).toBe(2)
})

test('a URI that two backends list belongs to the first configured one, and is listed once', () => {
  const catalogue = new Catalogue(['a', 'b'])
  catalogue.setResources('b', [resource('r:1', 'of b'), resource('r:2')])
  expect(catalogue.backendOf('r:1')).toBe('b')
  catalogue.setResources('a', [resource('r:1', 'of a')])
  expect(catalogue.backendOf('r:1')).toBe('a')
  expect(catalogue.resources().map(({ name }) => name)).toEqual(['of a', 'r:2'])
  catalogue.setResources('a', [])
  expect(catalogue.backendOf('r:1')).toBe('b')
})
