import { describe, expect, it } from 'vitest'
import { renderSweepHtml, renderSweepMarkdown, renderSweepTerminal } from '../../src/report/index.ts'
import { HOSTILE_NAMES } from './hostile-names.ts'
import { bentSweepRun, sampleSweepRun } from './sample-sweep-run.ts'

const PLAIN = { colour: false, unicode: true, widthColumns: 120 }

describe('a sweep at the terminal', () => {
  it('tells what was found, then each value, then the rest', async () => {
    await expect(renderSweepTerminal(await sampleSweepRun(), PLAIN)).toMatchFileSnapshot('golden/sweep-120.txt')
  })

  it('keeps to the width of the terminal, and to ASCII where that is all there is', async () => {
    const text = renderSweepTerminal(await sampleSweepRun(), { ...PLAIN, unicode: false, widthColumns: 100 })
    // But for names, which are shown as they are.
    expect(text.slice(text.indexOf('\n'))).toMatch(/^[\x20-\x7e\n]*$/)
    expect(text).toContain('contention sigma ')
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('says that the law does not fit, and that a Run is in doubt', async () => {
    const text = renderSweepTerminal(await bentSweepRun(), PLAIN).replaceAll(/\s+/g, ' ')
    expect(text).toContain('does not follow the Universal Scalability Law')
    expect(text).not.toContain('contention σ')
    const suspect = { state: 'suspect' as const, reasons: ['the machine was busy'] }
    const doubted = renderSweepTerminal(await sampleSweepRun({ validity: suspect }), PLAIN)
    expect(doubted).toContain('suspect:\n! the machine was busy\n')
  })

  it('tells of values that could not be measured', async () => {
    const failures = [{ subject: 'GET / · pool=9', code: 'TARGET_NOT_STARTED', message: 'no such pool', remedy: '' }]
    expect(renderSweepTerminal(await sampleSweepRun({ failures }), PLAIN)).toContain('! GET / · pool=9: no such pool\n')
  })
})

describe('a sweep as Markdown', () => {
  it('tells the same', async () => {
    await expect(renderSweepMarkdown(await sampleSweepRun())).toMatchFileSnapshot('golden/sweep-markdown.txt')
  })
})

describe('a sweep as a page', () => {
  it('has a chart of points and the curve, one of times, and all figures in tables', async () => {
    const page = await renderSweepHtml(await sampleSweepRun())
    const [, json = '[]'] = /<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(page) ?? []
    const [throughput, times] = JSON.parse(json)
    expect(throughput.lines.map(({ label }: { readonly label: string }) => label)).toEqual([
      'Universal Scalability Law',
      'lowest round',
      'highest round',
      'measured',
    ])
    expect(throughput.lines[3].values.filter((value: number | null) => value !== null)).toHaveLength(7)
    expect(throughput.lines[0].values.every((value: number | null) => value !== null)).toBe(true)
    expect(throughput.at).toEqual(throughput.at.toSorted((left: number, right: number) => left - right))
    expect(times.lines.map(({ label }: { readonly label: string }) => label)).toEqual(['p50', 'p99'])
    expect(page).toContain('<th scope="row">64 clients</th>')
  })

  it('draws a curve that does not fit as one that does not', async () => {
    const page = await renderSweepHtml(await bentSweepRun())
    expect(page).toContain('best curve of the law, which does not fit')
  })

  it.each(HOSTILE_NAMES)('takes no name for markup: %j', async (name) => {
    const run = await sampleSweepRun()
    const subject = `GET ${name} · 1 client`
    const metrics = run.metrics.map((metric) => ({
      ...metric,
      subject: metric.subject.replace('GET / · 1 clients', subject),
    }))
    const page = await renderSweepHtml({ ...run, metrics })
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain('<img src=x')
    expect(renderSweepMarkdown({ ...run, metrics })).not.toContain('<script')
  })
})
