import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderCapacityHtml } from '../../../src/report/index.ts'
import { sampleCapacityRun } from '../sample-capacity-run.ts'
import { Browser, findBrowser } from './browser.ts'
import { BrowserPage } from './browser-page.ts'

/** Which colours there are in the chart, often enough to be a line or a band. */
const COLOURS = `(() => {
  const canvas = document.querySelector('canvas')
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
  const counts = {}
  for (let index = 0; index < data.length; index += 4) {
    if (data[index + 3] < 255) continue
    const hex = '#' + [0, 1, 2].map((at) => data[index + at].toString(16).padStart(2, '0')).join('')
    counts[hex] = (counts[hex] ?? 0) + 1
  }
  return Object.keys(counts).filter((hex) => counts[hex] > 60)
})()`

const path = findBrowser(process.env)

describe.skipIf(path === undefined)('the page of a search, in a browser', () => {
  let browser: Browser
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perf-kit-page-'))
    browser = await Browser.start(path ?? '')
  })

  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('draws its lines with points and the boundary, reads them out, and complains of nothing', async () => {
    const file = join(folder, 'capacity.html')
    await writeFile(file, await renderCapacityHtml(sampleCapacityRun()))
    const page = await BrowserPage.open(browser, file, { widthPx: 1200, heightPx: 900, scheme: 'light' })
    // What was achieved, and p99.
    expect(await page.evaluate(COLOURS)).toEqual(expect.arrayContaining(['#0067a8', '#c2570c']))
    await page.evaluate(`document.querySelector('.plot').focus()`)
    await page.press('End')
    expect(await page.evaluate(`document.querySelector('.spoken').textContent`)).toMatch(
      /^1,400\/s, broken: achieved 1,012\/s, offered 1,400\/s, response time p99 990 ms, limit of p99 200 ms/,
    )
    expect(page.complaints).toEqual([])
    expect(page.requested.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([])
  })
})
