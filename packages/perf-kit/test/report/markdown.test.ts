import { describe, expect, it } from 'vitest'
import { makeReport, renderMarkdown } from '../../src/report/index.ts'
import { makeMetric, makeRun } from '../baseline/make-run.ts'
import { HOSTILE_NAMES } from './hostile-names.ts'
import { sampleReport } from './sample-report.ts'

/** Cells as GitHub splits them: at bars that no backslash precedes. */
const cellsOf = (line: string) => line.split(/(?<!\\)\|/)

describe('the Markdown report', () => {
  it('looks as it did', async () => {
    await expect(renderMarkdown(sampleReport())).toMatchFileSnapshot('./golden/markdown.txt')
  })

  it('keeps hostile names in one cell of one line each', () => {
    const metrics = HOSTILE_NAMES.map((subject) => makeMetric({ subject }))
    const text = renderMarkdown(makeReport({ runs: [makeRun({ metrics })] }))
    const rows = text.split('\n').filter((line) => line.startsWith('|'))
    expect(rows).toHaveLength(HOSTILE_NAMES.length + 2)
    expect(new Set(rows.map((row) => cellsOf(row).length))).toEqual(new Set([10]))
    expect(text).not.toMatch(/\p{Cc}(?<!\n)/u)
    expect(text).not.toMatch(/[\u2028-\u202e\u2066-\u2069]/)
  })

  it('lets no name start markup, mention anybody or refer to an issue', () => {
    const warnings = [{ code: 'X', message: '<img src=x> @everyone `#1` **b** [l](u) ~~s~~ a\\|b' }]
    const text = renderMarkdown(makeReport({ runs: [makeRun({ warnings })] }))
    const line = text.split('\n').find((each) => each.includes('everyone'))
    expect(line).toBe(
      '- &lt;img src=x&gt; @&#8203;everyone \\`#&#8203;1\\` \\*\\*b\\*\\* \\[l\\](u) \\~\\~s\\~\\~ a\\\\\\|b',
    )
  })
})
