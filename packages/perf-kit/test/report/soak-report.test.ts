import { describe, expect, it } from 'vitest'
import { renderSoakHtml, renderSoakMarkdown, renderSoakTerminal } from '../../src/report/index.ts'
import { runSchema } from '../../src/run/run.ts'
import { sampleLoadRun } from './sample-load-run.ts'
import { sampleSoakRun } from './sample-soak-run.ts'

const PLAIN = { colour: false, unicode: true, widthColumns: 120 }

describe('a soak, shown at a terminal', () => {
  it('says last whether it leaks, what, and how much', () => {
    const lines = renderSoakTerminal(sampleSoakRun(), PLAIN).trimEnd().split('\n')
    expect(lines.at(-1)).toBe('✗ 7 h 45 min of 8 h 0 min: it leaks: heap')
    const heap = lines.find((line) => line.startsWith('✗ heap'))
    expect(heap).toContain('+64 B a request (+60 B to +68 B)')
    expect(lines.indexOf(heap ?? '')).toBeLessThan(lines.findIndex((line) => line.startsWith('✓ sockets')))
  })

  it('tells how each part ended, when there are several', () => {
    const shown = renderSoakTerminal(sampleSoakRun(), PLAIN)
    expect(shown).toContain('1 at 0:00, 3 h 20 min: was killed, or is not over')
    expect(shown).toContain('2 at 3:35:00, 4 h 25 min: the target ended: it ran out of heap')
  })

  it('says how long may tell, when it is not known', () => {
    const verdict = {
      state: 'inconclusive',
      because: 'heap: …',
      enoughNs: 1800e9,
      signals: [{ signal: 'heap', unit: 'bytes', per: 'request', state: 'inconclusive', because: 'too few values' }],
    } as const
    const shown = renderSoakTerminal(sampleSoakRun({ verdict: { ...verdict, signals: [...verdict.signals] } }), PLAIN)
    expect(shown).toContain('whether it leaks is not known: heap; 30 min 0 s may tell')
  })

  it('says why it is not known where what was seen is steady', () => {
    const verdict = {
      state: 'inconclusive',
      because: 'process 17 has started 1 other',
      signals: [{ signal: 'heap', unit: 'bytes', per: 'request', state: 'steady', because: 'it grows by less' }],
    } as const
    const shown = renderSoakTerminal(sampleSoakRun({ verdict: { ...verdict, signals: [...verdict.signals] } }), PLAIN)
    expect(shown).toContain('whether it leaks is not known: process 17 has started 1 other')
  })

  it('says that nothing is known of what was not watched', () => {
    const verdict = { state: 'inconclusive' as const, because: 'nothing was seen of the process', signals: [] }
    expect(renderSoakTerminal(sampleSoakRun({ verdict }), PLAIN)).toContain('nothing is known of what it keeps')
  })

  it('has nothing outside ASCII where that cannot be shown', () => {
    const shown = renderSoakTerminal(sampleSoakRun(), { ...PLAIN, unicode: false })
    expect(shown).toMatch(/^! heap {2,}\+64 B a request/m)
  })

  it('is a load where there is no soak in it', () => {
    expect(renderSoakTerminal(sampleLoadRun(), PLAIN)).not.toContain('leak')
  })
})

describe('a soak as Markdown', () => {
  it('begins with what grew', () => {
    const [first = ''] = renderSoakMarkdown(sampleSoakRun()).split('\n')
    expect(first).toBe('**7 h 45 min of 8 h 0 min: it leaks: heap**')
  })
})

describe('the page of a soak', () => {
  it('has the verdict first, charts of what is kept, and how each part ended', async () => {
    const page = await renderSoakHtml(sampleSoakRun())
    expect(page.indexOf('It leaks')).toBeGreaterThan(0)
    expect(page.indexOf('It leaks')).toBeLessThan(page.indexOf('Throughput over time'))
    expect(page).toContain('What collections of garbage leave')
    expect(page).toContain('What it has open')
    expect(page).toContain('it ran out of heap')
  })

  it('leaves gaps blank, and is small after eight hours', async () => {
    const run = runSchema().parse(sampleSoakRun())
    const page = await renderSoakHtml(run)
    const charts: unknown = JSON.parse(
      /<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(page)?.[1] ?? '',
    )
    const succeeded = JSON.stringify(charts)
    expect(succeeded).toContain('null,null,null')
    expect(Buffer.byteLength(page)).toBeLessThan(5e6)
  })
})
