import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { judgePairRuns } from '../../src/baseline/index.ts'
import { makeReport, renderTerminal, type TerminalOptions } from '../../src/report/index.ts'
import type { Metric, Run } from '../../src/run/index.ts'
import { makeMetric, makeRun, paired, repeated, valuesAround } from '../baseline/make-run.ts'
import { HOSTILE_NAMES } from './hostile-names.ts'
import { sampleReport } from './sample-report.ts'

const PLAIN: TerminalOptions = { colour: false, widthColumns: 120, unicode: true }

const widthsOf = (text: string) => text.split('\n').map((line) => stringWidth(line))

describe('the terminal report', () => {
  it.each([
    [120, false, true],
    [120, true, true],
    [120, false, false],
    [80, false, true],
    [80, true, true],
    [80, false, false],
    [40, false, true],
    [40, true, true],
    [40, false, false],
  ])('looks at %d columns (colour %s, unicode %s) as it did', async (widthColumns, colour, unicode) => {
    const text = renderTerminal(sampleReport(), { widthColumns, colour, unicode })
    const name = `terminal-${widthColumns}${colour ? '-colour' : ''}${unicode ? '' : '-ascii'}.txt`
    await expect(text).toMatchFileSnapshot(`./golden/${name}`)
    expect(Math.max(...widthsOf(stripVTControlCharacters(text)))).toBeLessThanOrEqual(widthColumns)
  })

  it('says the same without colour as with it', () => {
    const coloured = renderTerminal(sampleReport(), { ...PLAIN, colour: true })
    expect(coloured).toContain('\u001b[31m')
    expect(stripVTControlCharacters(coloured)).toBe(renderTerminal(sampleReport(), PLAIN))
  })

  it('uses nothing outside ASCII when it may not', () => {
    const text = renderTerminal(sampleReport(), { ...PLAIN, unicode: false })
    expect(text).toMatch(/^[\x20-\x7e\n]*$/)
  })

  it.each([120, 80, 40])('keeps hostile names in one line each, at %d columns', (widthColumns) => {
    const metrics = HOSTILE_NAMES.map((subject) => makeMetric({ subject }))
    const text = renderTerminal(makeReport({ runs: [makeRun({ metrics })] }), { ...PLAIN, widthColumns })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/)
    expect(text.isWellFormed()).toBe(true)
    const [, header = '', ...lines] = text.split('\n')
    expect(lines.slice(0, HOSTILE_NAMES.length + 1).indexOf('')).toBe(HOSTILE_NAMES.length)
    expect(Math.max(...widthsOf(text))).toBeLessThanOrEqual(widthColumns)
    const medianEnds = lines
      .slice(0, HOSTILE_NAMES.length)
      .map((line) => stringWidth(line.slice(0, line.indexOf(' ns') + 3)))
    expect(new Set(medianEnds)).toEqual(new Set([stringWidth(header.slice(0, header.indexOf('median') + 6))]))
  })

  it('keeps escape sequences in messages from reaching the terminal', () => {
    const failures = [{ subject: 'a', code: 'X', message: 'threw \u001b[2J', remedy: 'do\u0007' }]
    const warnings = [{ code: 'Y', message: 'odd \u001b]8;;x\u0007' }]
    const text = renderTerminal(makeReport({ runs: [makeRun({ failures, warnings })] }), PLAIN)
    expect(text).not.toMatch(/\p{Cc}(?<!\n)/u)
  })

  it('tells a warning once, with all whom it concerns', () => {
    const warnings = ['a', 'b', 'c', 'd', 'e'].map((subject) => ({
      code: 'PRINTS',
      subject,
      message: 'prints: remove it',
    }))
    const text = renderTerminal(makeReport({ runs: [makeRun({ warnings })] }), PLAIN)
    expect(text.match(/prints: remove it/g)).toHaveLength(1)
    expect(text).toContain('! a, b, c and 2 more: prints: remove it')
  })

  it('puts a second bad verdict of a benchmark below the first', () => {
    const { runs } = sampleReport()
    const slower = (run: Run | undefined) =>
      run?.metrics
        .filter(({ subject, name }) => subject.includes('refresh') || name === 'nullTimePerOp')
        .map((metric) => {
          const { evidence } = metric
          if (metric.name !== 'timePerOp' || evidence.kind !== 'pairs') return metric
          return { ...metric, evidence: { ...evidence, candidate: evidence.candidate.map((value) => value * 1.5) } }
        }) ?? []
    const run = makeRun({ metrics: slower(runs[0]) })
    const lines = renderTerminal(makeReport({ runs: [run], comparisons: judgePairRuns([run]) }), PLAIN).split('\n')
    expect(lines[2]).toMatch(/^refresh .* ✗ regressed \+50/)
    expect(lines[3]).toMatch(/^ +✗ regressed B\/op \+50 %/)
  })

  it('lets the mean speak when it has slowed and the median has not', () => {
    const linesOf = (candidateMedian: number, candidateMean: number, meanSpread = 1) => {
      const side = (center: number) => Array.from({ length: 22 }, (_, index) => center + (index % 7) / 10)
      const spread = (value: number, index: number) => value * (index % 2 === 0 ? meanSpread : 1 / meanSpread)
      const subject = 'routing/sweep'
      const run = makeRun({
        metrics: [
          paired(side(100), side(candidateMedian), { subject }),
          paired(side(100), side(candidateMean).map(spread), { subject, name: 'meanTimePerOp', guard: true }),
        ],
        against: { ref: 'main', commit: null, dirty: false },
      })
      return renderTerminal(makeReport({ runs: [run], comparisons: judgePairRuns([run]) }), PLAIN).split('\n')
    }
    expect(linesOf(100, 110)[2]).toMatch(/^sweep .* ✗ regressed mean \+10 %/)
    expect(linesOf(100, 110).join(' ')).toContain('1 regressed')
    const noisy = linesOf(100, 100, 1.3)
    expect(noisy[2]).toMatch(/^sweep .* ✓ passed/)
    expect(noisy.join(' ')).toContain('1 passed, against main')
    expect(linesOf(110, 110)[2]).toMatch(/^sweep .* ✗ regressed \+10 %/)
    expect(linesOf(110, 110)[3]).toBe('')
  })

  it('says why a column has a gap', () => {
    const time = repeated(valuesAround(100), { subject: 'routing/a' })
    const bytes = repeated(valuesAround(64), { subject: 'routing/a', name: 'allocatedPerOp', unit: 'bytes' })
    const notesOf = (...metrics: readonly Metric[]) =>
      renderTerminal(makeReport({ runs: [makeRun({ metrics: [...metrics] })], comparisons: [] }), PLAIN)
    expect(notesOf(time)).toContain('— no p99: ')
    expect(notesOf(time)).toContain('— no B/op: ')
    expect(notesOf(time, bytes)).not.toContain('no B/op')
  })

  it('tells of benchmarks that came or went, and not of a p99 that the clock can no longer tell', () => {
    const named = (subject: string) => repeated(valuesAround(100), { subject })
    const run = makeRun({ metrics: [named('routing/kept'), named('routing/new')] })
    const judged = makeReport({ runs: [makeRun()], comparisons: judgePairRuns([makeRun()]) }).comparisons[0]
    const verdict = judgePairRuns([makeRun({ metrics: [paired([1], [1], { subject: 'routing/kept' })] })])[0]
      ?.verdicts[0]
    if (judged === undefined || verdict === undefined) throw new Error('nothing was judged')
    const comparison = {
      ...judged,
      verdicts: [verdict],
      added: [
        { subject: 'routing/kept', metric: 'tailP99' },
        { subject: 'routing/new', metric: 'timePerOp' },
      ],
      removed: [
        { subject: 'routing/kept', metric: 'cpuTimePerOp' },
        { subject: 'routing/gone', metric: 'timePerOp' },
      ],
    }
    const text = renderTerminal(makeReport({ runs: [run], comparisons: [comparison] }), PLAIN)
    expect(text).toContain('new, not judged until accepted: routing/new\n')
    expect(text).toContain('in the baseline, not measured: routing/gone\n')
  })

  it('gives a metric without a column a row of its own', () => {
    const metrics = [repeated(valuesAround(2e6), { subject: 'gateway/call', name: 'latencyP99' })]
    const text = renderTerminal(makeReport({ runs: [makeRun({ suite: 'gateway', metrics })] }), PLAIN)
    expect(text).toMatch(/^call latencyP99 +2\.00 ms/m)
  })

  it('shows a Run that measured nothing as what it is', () => {
    const run = makeRun({ metrics: [], validity: { state: 'invalid', reasons: ['nothing was measured'] } })
    expect(renderTerminal(makeReport({ runs: [run] }), PLAIN)).toBe(
      '! the Run of routing is invalid: nothing was measured\n\n0 measured\n',
    )
  })
})
