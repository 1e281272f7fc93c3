import { describe, expect, it } from 'vitest'
import { LINE_COLOURS, type LineColour, PAGE_COLOURS, type Scheme } from '../../../src/report/html/palette.ts'

type Rgb = readonly [number, number, number]

const SCHEMES: readonly Scheme[] = ['light', 'dark']
/** Lines that are in one chart. */
const TOGETHER: readonly (readonly LineColour[])[] = [
  ['blue', 'orange', 'pink', 'grey'],
  ['blue', 'green', 'grey'],
]

/** Severity 1.0, linear RGB: Machado, Oliveira & Fernandes 2009, https://doi.org/10.1109/TVCG.2009.113 */
const DEFICIENCIES = {
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const

describe.each(SCHEMES)('colours of the %s page', (scheme) => {
  const page = linear(PAGE_COLOURS.page[scheme])

  it.each(Object.entries(LINE_COLOURS))('%s stands out from the page as a line has to, by 3:1', (_name, colours) => {
    expect(contrast(linear(colours[scheme]), page)).toBeGreaterThanOrEqual(3)
  })

  it.each(['text', 'quiet', 'good', 'doubt', 'bad'] as const)('%s can be read on the page: 4.5:1', (name) => {
    expect(contrast(linear(PAGE_COLOURS[name][scheme]), page)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(Object.entries(DEFICIENCIES))('lines of one chart differ for eyes with %s', (_name, matrix) => {
    for (const [left, right] of TOGETHER.flatMap(pairsOf)) {
      const [seenLeft, seenRight] = [left, right].map((name) => lab(seen(linear(LINE_COLOURS[name][scheme]), matrix)))
      // ΔE*ab of 2.3 is just noticeable (Mahy 1994); several times that is another colour at a glance.
      expect(distance(seenLeft, seenRight), `${left} and ${right}`).toBeGreaterThan(10)
    }
  })
})

function pairsOf(names: readonly LineColour[]): [LineColour, LineColour][] {
  return names.flatMap((left, index) => names.slice(index + 1).map((right): [LineColour, LineColour] => [left, right]))
}

function linear(hex: string): Rgb {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

/** WCAG 2.2: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(left: Rgb, right: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(left), luminance(right)].toSorted((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function seen([red, green, blue]: Rgb, matrix: readonly number[]): Rgb {
  const row = (at: number): number => {
    const [a = 0, b = 0, c = 0] = matrix.slice(at, at + 3)
    return Math.min(1, Math.max(0, a * red + b * green + c * blue))
  }
  return [row(0), row(3), row(6)]
}

/** CIE 1976 L*a*b*, white of D65. */
function lab([red, green, blue]: Rgb): Rgb {
  const cube = (value: number): number =>
    value > 216 / 24389 ? Math.cbrt(value) : (24389 / 27) * (value / 116) + 16 / 116
  const x = cube((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505)
  const y = cube(luminance([red, green, blue]))
  const z = cube((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

function distance(left: Rgb | undefined, right: Rgb | undefined): number {
  return Math.hypot(...[0, 1, 2].map((at) => (left?.[at] ?? 0) - (right?.[at] ?? 0)))
}
