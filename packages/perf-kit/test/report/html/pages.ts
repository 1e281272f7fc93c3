import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { Browser, findBrowser } from './browser.ts'
import { BrowserPage, type View } from './browser-page.ts'

export const WIDE: View = { widthPx: 1200, heightPx: 900, scheme: 'light' }
export const NARROW: View = { widthPx: 390, heightPx: 844, scheme: 'light' }

/** Opens a page in the browser that its tests share; wide, unless told otherwise. */
type OpenPage = (html: string, view?: View) => Promise<BrowserPage>

/** Tests of pages in a real browser, which ends with them; skipped where there is none. */
export function describeInBrowser(title: string, tests: (open: OpenPage) => void): void {
  const path = findBrowser(process.env)
  describe.skipIf(path === undefined)(title, () => {
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

    tests(async (html, view = WIDE) => {
      const file = join(folder, 'report.html')
      await writeFile(file, html)
      return await BrowserPage.open(browser, file, view)
    })
  })
}

/** Which colours there are in the first chart, each on more than so many pixels: often enough to be a line, or an area. */
export async function chartColours(page: BrowserPage, pixels = 100): Promise<string[]> {
  const colours = await page.evaluate(`(() => {
    const canvas = document.querySelector('canvas')
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    const counts = {}
    for (let index = 0; index < data.length; index += 4) {
      if (data[index + 3] < 255) continue
      const hex = '#' + [0, 1, 2].map((at) => data[index + at].toString(16).padStart(2, '0')).join('')
      counts[hex] = (counts[hex] ?? 0) + 1
    }
    return Object.keys(counts).filter((hex) => counts[hex] > ${pixels})
  })()`)
  return Array.isArray(colours) ? colours.map(String) : []
}
