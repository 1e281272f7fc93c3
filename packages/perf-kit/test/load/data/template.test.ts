import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bindTemplate, isJsonTemplate, parseTemplate, type Writing } from '../../../src/load/data/template.ts'

function fill(text: string, writing: Writing, row: Readonly<Record<string, unknown>>): string {
  const columns = Object.keys(row)
  return bindTemplate(parseTemplate(text, writing), columns)(Object.values(row))
}

/** What is wrong with the values of a row. */
function problems(text: string, writing: Writing, row: Readonly<Record<string, unknown>>): unknown[] {
  return parseTemplate(text, writing).gaps.map(({ name, problemOf }) => problemOf(row[name]))
}

describe('a text', () => {
  it('takes the value of each column where its name stands, as often as it stands there', () => {
    expect(fill('{{a}}-{{ b }}-{{a}}', 'plain', { a: 1, b: 'two' })).toBe('1-two-1')
  })

  it('is itself where nothing in it is a name', () => {
    for (const text of ['', '{{}}', '{a}', '{{a', 'a}}', '{{"a"}}', '{{a}b}']) {
      expect(parseTemplate(text, 'plain')).toEqual({ texts: [text], gaps: [] })
    }
  })

  it('has what is no text written as its JSON', () => {
    expect(fill('{{a}} {{b}} {{c}} {{d}}', 'plain', { a: null, b: true, c: { x: 1 }, d: 'x' })).toBe(
      'null true {"x":1} x',
    )
  })
})

describe('a path', () => {
  it('has values escaped, so that each stays what it was between two slashes', () => {
    expect(fill('/users/{{a}}?q={{b}}', 'percent', { a: 'a/b ?é', b: '1&2=3#' })).toBe(
      '/users/a%2Fb%20%3F%C3%A9?q=1%262%3D3%23',
    )
  })

  it('is filled where a URL has escaped the braces, and blanks of a name', () => {
    const { pathname, search } = new URL('http://127.0.0.1/u/{{user id}}?q={{user id}}&é={{a}}')
    expect(fill(pathname + search, 'percent', { 'user id': 7, a: 'x' })).toBe('/u/7?q=7&%C3%A9=x')
  })

  it('takes half of a letter for no letter at all, and not for an error', () => {
    expect(fill('/{{a}}', 'percent', { a: '\ud800' })).toBe('/%EF%BF%BD')
  })
})

describe('a header', () => {
  it.each([
    ['a line break', 'a\r\nEvil: 1'],
    ['letters that are no byte', '日本'],
  ])('cannot have %s', (_title, value) => {
    expect(problems('Bearer {{a}}', 'header', { a: value })).toEqual(['has bytes that a header cannot carry'])
  })

  it('can have everything else', () => {
    expect(problems('Bearer {{a}}', 'header', { a: 'é x\t~' })).toEqual([undefined])
    expect(fill('Bearer {{a}}', 'header', { a: 'x y' })).toBe('Bearer x y')
  })
})

describe('JSON', () => {
  it('has values escaped within a string, and a string that is nothing but a gap becomes the value', () => {
    const text = '{"a":"<{{v}}>","b":"{{v}}","c":["{{n}}"],"d":"{{n}}{{n}}"}'
    expect(JSON.parse(fill(text, 'json', { v: 'x"\\\n', n: 5 }))).toEqual({
      a: '<x"\\\n>',
      b: 'x"\\\n',
      c: [5],
      d: '55',
    })
  })

  it('has names that stay strings, whatever is put there', () => {
    expect(fill('{"{{n}}" : "{{n}}", "{{v}}":1}', 'json', { n: 5, v: 'a"b' })).toBe('{"5" : 5, "a\\"b":1}')
  })

  it('has values as they are outside of strings, where they must be JSON', () => {
    expect(fill('{"id": {{id}}, "x": {{x}}}', 'json', { id: '17', x: '"a"' })).toBe('{"id": 17, "x": "a"}')
    expect(problems('{"id": {{id}}}', 'json', { id: 'abc' })).toEqual(['is no JSON, and stands outside of quotes'])
    expect(problems('{"id": {{id}}}', 'json', { id: '17' })).toEqual([undefined])
  })

  it('knows where a string begins, whatever is escaped in it', () => {
    const text = '{"a\\"b":"\\"{{v}}","c":"\\\\","d":"{{v}}\\"","e":"\\\\{{v}}"}'
    expect(JSON.parse(fill(text, 'json', { v: true }))).toEqual({
      'a"b': '"true',
      c: '\\',
      d: 'true"',
      e: '\\true',
    })
  })

  it('of any values is JSON again, with the values in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'grapheme' }), (value, text) => {
        const template = JSON.stringify({ text, whole: '{{v}}', within: `x{{v}}x`, [text]: 1 })
        fc.pre(!text.includes('{{'))
        const shown = typeof value === 'string' ? value : JSON.stringify(value)
        expect(JSON.parse(fill(template, 'json', { v: value }))).toEqual(
          JSON.parse(JSON.stringify({ text, whole: value, within: `x${shown}x`, [text]: 1 })),
        )
      }),
    )
  })

  it('is told from other texts with its gaps filled', () => {
    expect(isJsonTemplate('{"id": {{id}}, "name": "{{name}}"}')).toBe(true)
    expect(isJsonTemplate('id={{id}}')).toBe(false)
    expect(isJsonTemplate('{"id": {{id}}')).toBe(false)
    expect(isJsonTemplate('[{{id}}]')).toBe(true)
  })

  it('is none when it is nothing but gaps, unless a header says so', () => {
    expect(isJsonTemplate('{{line}}')).toBe(false)
    expect(isJsonTemplate('{{a}}.{{b}}')).toBe(false)
    expect(isJsonTemplate('{{id}}', { isSaid: true })).toBe(true)
  })
})
