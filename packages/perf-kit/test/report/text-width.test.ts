import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withoutKeys } from '../../src/report/short-names.ts'
import { padTo, shortenMiddle, textWidth, wrapText } from '../../src/report/text-width.ts'
import { visibleText } from '../../src/report/visible-text.ts'

const anyText = fc.string({ unit: 'grapheme' })

describe('shortenMiddle', () => {
  it('keeps both ends', () => {
    expect(shortenMiddle('routing/lookup tools=10', 11, '…')).toBe('routi…ls=10')
  })

  it('counts wide characters as two and never halves one', () => {
    expect(shortenMiddle('日本語のベンチマーク', 9, '…')).toBe('日本…ーク')
  })

  it('never exceeds its width', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, width) => {
        expect(textWidth(shortenMiddle(text, width, '…'))).toBeLessThanOrEqual(width)
      }),
    )
  })
})

describe('padTo', () => {
  it('pads by what is seen', () => {
    expect(padTo('日本', 6, 'left')).toBe('日本  ')
    expect(padTo('é', 3, 'right')).toBe('  é')
  })
})

describe('wrapText', () => {
  it('loses no word, and breaks none', () => {
    const words = fc.array(fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', '日') }), { minLength: 1 })
    fc.assert(
      fc.property(words, fc.integer({ min: 5, max: 40 }), (parts, width) => {
        const lines = wrapText(parts.join(' '), width, '  ')
        expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(parts)
        for (const line of lines) if (line.trim().includes(' ')) expect(textWidth(line)).toBeLessThanOrEqual(width)
      }),
    )
  })
})

describe('visibleText', () => {
  it('spells out what moves cursors or turns directions', () => {
    expect(visibleText('a\u001b[31m\nb\u202ec\u0000')).toBe('a\\u{1b}[31m\\u{a}b\\u{202e}c\\u{0}')
  })

  it('leaves honest text alone', () => {
    expect(visibleText('日本語 é 👩‍👩‍👧‍👦 |`*')).toBe('日本語 é 👩‍👩‍👧‍👦 |`*')
  })
})

describe('withoutKeys', () => {
  it('leaves the values of arguments', () => {
    expect(withoutKeys(['lookup tools=10 outcome=hit', 'merge'])).toEqual(['lookup 10 hit', 'merge'])
  })

  it('changes nothing when two names would become one', () => {
    const names = ['lookup tools=10', 'lookup users=10']
    expect(withoutKeys(names)).toBe(names)
  })
})
