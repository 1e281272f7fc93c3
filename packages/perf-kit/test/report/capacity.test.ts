import { describe, expect, it } from 'vitest'
import {
  renderCapacityHtml,
  renderCapacityMarkdown,
  renderCapacityTerminal,
  renderJson,
} from '../../src/report/index.ts'
import { parseRun } from '../../src/run/index.ts'
import { sampleCapacityRun } from './sample-capacity-run.ts'

const WIDE = { colour: false, unicode: true, widthColumns: 200 }
const NARROW = { colour: false, unicode: true, widthColumns: 80 }
const SENTENCE =
  'The capacity is 1,008/s (995/s to 1,021/s): up to there the target keeps to p99 ≤ 200ms and errors ≤ 0.1%.'

describe('the report of a search at a terminal', () => {
  it('says the answer first, and then every trial with its verdict and why', () => {
    const lines = renderCapacityTerminal(sampleCapacityRun(), WIDE).split('\n')
    expect(lines.slice(0, 2)).toEqual(['GET /users/<id> · p99<200ms,errors<0.1%', SENTENCE])
    expect(lines[3]).toMatch(/^ *rate +offered +achieved +p50 +p99 +errors +verdict/)
    expect(lines[4]).toMatch(
      /^ *clients +1,003\/s +1,003\/s +2\.10 ms +61\.0 ms +0 % +not judged +to know where to begin$/,
    )
    expect(lines[6]).toMatch(
      /^ *1,400\/s +1,400\/s +1,012\/s +2\.10 ms +990 ms +0 % +✗ broken +p99 was too <long>; 72 % of/,
    )
    expect(lines.slice(-3)).toEqual(['', '6 trials in 48 s', ''])
  })

  it('puts why below a trial where there is little room, and leaves ASCII to those who want it', () => {
    const narrow = renderCapacityTerminal(sampleCapacityRun(), NARROW)
    for (const line of narrow.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(narrow).toMatch(/✗ broken\n {4}p99 was too <long>; 72 %/)
    const ascii = renderCapacityTerminal(sampleCapacityRun(), { ...WIDE, unicode: false })
    expect(ascii).toContain('keeps to p99 <= 200ms and errors <= 0.1%')
    expect(ascii).toMatch(/! broken/)
  })

  it.each([
    [
      { kind: 'atLeast' as const, perSec: 5000, isConfirmed: true, because: 'no higher rate was to be tried' },
      /The capacity is at least 5,000\/s: there the target keeps to .*, and no higher rate was to be tried\./,
    ],
    [
      { kind: 'below' as const, perSec: 4, because: 'p99 was 300 ms' },
      /does not keep to .* at any rate that was tried, not even at 4\/s: p99 was 300 ms\./,
    ],
    [
      { kind: 'unknown' as const, because: 'no trial has decided anything' },
      /The capacity is not known: no trial has decided anything\./,
    ],
  ])('says what else may come of it: %o', (answer, sentence) => {
    expect(renderCapacityTerminal(sampleCapacityRun({ answer }), WIDE)).toMatch(sentence)
  })

  it('says what makes it doubtful', () => {
    const validity = { state: 'suspect' as const, reasons: ['the capacity changed while it was searched for'] }
    const text = renderCapacityTerminal(sampleCapacityRun({}, { validity }), WIDE)
    expect(text).toContain('suspect:\n! the capacity changed while it was searched for\n')
  })

  it('lets nothing reach the terminal that would move its cursor', () => {
    const subject = 'GET /\u001B[2J · p99<1s'
    expect(renderCapacityTerminal(sampleCapacityRun({ subject }), WIDE)).not.toContain('\u001B')
  })
})

describe('the report of a search', () => {
  it('is the same Run when it is read again', () => {
    expect(parseRun(renderJson(sampleCapacityRun()), 'run.json')).toEqual(sampleCapacityRun())
  })

  it('in Markdown has the answer, and each trial as a row', () => {
    const text = renderCapacityMarkdown(sampleCapacityRun())
    expect(text).toContain('**The capacity is 1,008/s (995/s to 1,021/s)')
    expect(text).toContain(
      '| 1,400/s | 1,400/s | 1,012/s | 2.10 ms | 990 ms | 0 % | ✗ broken | p99 was too &lt;long&gt;;',
    )
    expect(text.match(/^\| .+ \|$/gm)).toHaveLength(7)
  })

  it('as a page has the answer, the chart with its boundary, and each trial', async () => {
    const page = await renderCapacityHtml(sampleCapacityRun())
    expect(page).toContain('<strong>The capacity is 1,008/s')
    expect(page).toContain('p99 was too &lt;long&gt;')
    const [, data = ''] = /<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(page) ?? []
    const [chart] = JSON.parse(data)
    expect(chart.at).toEqual([700, 995, 998, 1012, 1021, 1035, 1400])
    const labels = chart.lines.map(({ label }: { label: string }) => label)
    expect(labels).toEqual(['achieved', 'offered', 'response time p99', 'limit of p99', 'the capacity lies here'])
    const [achieved, , p99, , boundary] = chart.lines
    expect(achieved.values).toEqual([700, null, 998, 1012, null, 1009, 1012])
    expect(p99.values[0]).toBe(6.3e6)
    expect(boundary.values.map((value: number | null) => value !== null)).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
      false,
    ])
    expect(page).toBe(await renderCapacityHtml(sampleCapacityRun()))
  })

  it('as a page does without a chart where there was no rate', async () => {
    const page = await renderCapacityHtml(
      sampleCapacityRun({ trials: [], answer: { kind: 'unknown', because: 'nothing was tried' } }),
    )
    expect(page).toContain('The capacity is not known: nothing was tried.')
    expect(page).not.toContain('<figure')
  })
})
