import { describe, expect, it } from 'vitest'
import { renderLoadMarkdown } from '../../src/report/index.ts'
import { damaged } from './damaged-run.ts'
import { HOSTILE_NAMES } from './hostile-names.ts'
import { sampleLoadRun, single, times } from './sample-load-run.ts'

/** Cells as GitHub splits them: at bars that no backslash precedes. */
const cellsOf = (line: string) => line.split(/(?<!\\)\|/)

describe('a load in Markdown', () => {
  it('looks as it did', async () => {
    const budgets = [{ metric: 'responseTime', quantileRatio: 0.99, limit: 200e6 }]
    await expect(renderLoadMarkdown(sampleLoadRun({ budgets }))).toMatchFileSnapshot('./golden/load-markdown.txt')
  })

  it('says first what makes its figures doubtful', () => {
    const validity = { state: 'invalid' as const, reasons: ['the target ended; the last it said:\nout of <luck>'] }
    const text = renderLoadMarkdown(sampleLoadRun({ validity }))
    expect(text).toMatch(
      /^\*\*This run is invalid\.\*\*\n\n- the target ended; the last it said: out of &lt;luck&gt;\n\n### POST/,
    )
  })

  it('says that nothing was measured, and what is missing or damaged', () => {
    expect(renderLoadMarkdown(sampleLoadRun({ metrics: [], series: [] }))).toMatch(/^Nothing was measured\.\n/)
    const { series: _, ...withoutSeries } = sampleLoadRun()
    expect(renderLoadMarkdown(withoutSeries)).not.toContain('over time')
    expect(renderLoadMarkdown(damaged(sampleLoadRun(), 'responseTime', () => 'AAAA'))).toContain(
      '- the histogram of responseTime cannot be decoded',
    )
  })

  it('keeps hostile names in one cell of one line each', () => {
    const metrics = [
      ...times('responseTime', 100, 1e6, 0.3),
      ...HOSTILE_NAMES.map((name) => single(`outcome ${name}`, 'count', 1)),
    ]
    const text = renderLoadMarkdown(sampleLoadRun({ metrics, series: [] }))
    const rows = text.split('\n').filter((line) => line.startsWith('| ✗'))
    expect(rows).toHaveLength(HOSTILE_NAMES.length)
    expect(new Set(rows.map((row) => cellsOf(row).length))).toEqual(new Set([6]))
    expect(text).not.toMatch(/<(?!code>|\/code>|sub>|\/sub>)/)
    expect(text).not.toMatch(/\p{Cc}(?<!\n)/u)
  })
})
