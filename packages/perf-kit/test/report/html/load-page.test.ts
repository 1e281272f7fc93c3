import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { renderLoadHtml } from '../../../src/report/index.ts'
import { damaged } from '../damaged-run.ts'
import { HOSTILE_NAMES } from '../hostile-names.ts'
import { sampleLoadRun, single, times } from '../sample-load-run.ts'

/** What a reader sees of a piece of markup, about as a browser would put it. */
function textOf(markup: string): string {
  return markup
    .replaceAll(/<(script|style)[^>]*>.*?<\/\1>/gs, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
}

describe('the page of a load', () => {
  it('is the same text for the same Run', async () => {
    expect(await renderLoadHtml(sampleLoadRun())).toBe(await renderLoadHtml(sampleLoadRun()))
  })

  it('lets the browser run and load nothing but what is written in it', async () => {
    const page = await renderLoadHtml(sampleLoadRun())
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page) ?? []
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page) ?? []
    const [, script = ''] = /<script>(.*?)<\/script>/s.exec(page) ?? []
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `style-src ${hash(style)}`,
      `script-src ${hash(script)}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ])
    expect(page.match(/<script/g)).toHaveLength(2)
    // An address in the licence or a comment of the library is no request; an attribute would be one.
    expect(page).not.toMatch(/(src|href|action)="(?!data:)/)
    expect(page).toContain('Copyright (c) 2022 Leon Sorokin')
  })

  it('shows figures, percentiles with their intervals, outcomes with their meaning, and the machine', async () => {
    const text = textOf(await renderLoadHtml(sampleLoadRun()))
    expect(text).toContain('succeeded 2.00 k/s ±1.5 %')
    expect(text).toMatch(/response time 1\.40 ms 1\.37 ms – 1\.44 ms/)
    expect(text).toContain('ECONNRESET 10 0.0167 % the target broke the connection off')
    expect(text).toContain('at most 20/s failed')
    expect(text).toContain('linux-x64-2cpu-node24.21.0-0123abcd')
    expect(text).toContain('connect 298 µs')
  })

  it('says what is wrong before any figure, with all lines of the reason', async () => {
    const reasons = ['the target ended while it was driven; the last it said: first\nsecond <line>']
    const page = await renderLoadHtml(sampleLoadRun({ validity: { state: 'invalid', reasons } }))
    expect(page).toContain('the last it said: first<br>second &lt;line&gt;')
    expect(page.indexOf('This run is invalid.')).toBeGreaterThan(0)
    expect(page.indexOf('This run is invalid.')).toBeLessThan(page.indexOf('key-figures"'))
    expect(textOf(await renderLoadHtml(sampleLoadRun()))).not.toContain('This run is')
  })

  it('says what is missing, and shows the rest', async () => {
    const { series: _, ...withoutSeries } = sampleLoadRun()
    expect(textOf(await renderLoadHtml(withoutSeries))).toContain('This Run holds nothing second by second')
    const empty = textOf(await renderLoadHtml(sampleLoadRun({ metrics: [], series: [] })))
    expect(empty).toContain('Nothing was measured.')
    const broken = textOf(
      await renderLoadHtml(
        ['responseTime', 'serviceTime', 'sendLag'].reduce(
          (run, name) => damaged(run, name, () => 'AAAA'),
          sampleLoadRun(),
        ),
      ),
    )
    expect(broken).toContain('This Run holds no distribution of times that can be read.')
    expect(broken).toContain('the histogram of responseTime cannot be decoded')
    expect(broken).toMatch(/response time 1\.40 ms/)
  })

  it('draws no service time over the same response time, and says so', async () => {
    const run = sampleLoadRun({
      metrics: [...times('responseTime', 100, 1e6, 0.3), ...times('serviceTime', 100, 1e6, 0.3)],
    })
    const page = await renderLoadHtml(run)
    expect(textOf(page)).toContain('Service time is the same as response time here')
    expect(page.match(/"label":"service time"/g)).toBeNull()
  })

  it('says that points were left out of eight hours, and is no larger than a picture', async () => {
    const page = await renderLoadHtml(sampleLoadRun({}, { seconds: 28_800, perSec: 2000 }))
    expect(textOf(page)).toContain('of each 24 s the lowest and the highest value are drawn')
    expect(page.length).toBeLessThan(1e6)
  })

  it('lets no name become markup', async () => {
    const names = [...HOSTILE_NAMES, '</script><script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '<!--']
    const run = sampleLoadRun({
      suite: '<b>suite</b>',
      configuration: '"><i>',
      metrics: [
        ...times('responseTime', 100, 1e6, 0.3),
        ...names.map((name) => single(`outcome ${name}`, 'count', 1)),
      ].map((metric) => ({ ...metric, subject: '</title></script><img src=x>' })),
      warnings: names.map((name) => ({ code: name, message: name })),
      validity: { state: 'suspect', reasons: [...names] },
      environment: { ...sampleLoadRun().environment, cpuModel: '<u>cpu</u>', nodeFlags: ['--title=<s>'] },
    })
    const page = await renderLoadHtml(run)
    expect(page.match(/<(b|i|u|s|img|title|!--)\b[^>]*>/g)).toEqual(['<title>'])
    expect(page.match(/<script/g)).toHaveLength(2)
    expect(page).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069](?<!\n)/u)
  })
})
