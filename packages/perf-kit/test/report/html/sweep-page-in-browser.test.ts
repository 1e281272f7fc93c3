import { expect, it } from 'vitest'
import { renderSweepHtml } from '../../../src/report/index.ts'
import { sampleSweepRun } from '../sample-sweep-run.ts'
import { describeInBrowser, WIDE } from './pages.ts'

/** Of the first chart: how many pixels have this colour, or nearly. */
const pixelsOf = (red: number, green: number, blue: number): string => `(() => {
  const canvas = document.querySelector('canvas')
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
  let count = 0
  for (let index = 0; index < data.length; index += 4) {
    if (data[index + 3] > 250 && data[index] === ${red} && data[index + 1] === ${green} && data[index + 2] === ${blue}) count++
  }
  return count
})()`

describeInBrowser('the page of a sweep, in a browser', (open) => {
  it.each([
    ['wide', WIDE],
    ['narrow', { ...WIDE, widthPx: 390 }],
  ])(
    'draws the points and the curve without a complaint, asks for nothing, and is no wider than it may: %s',
    async (_title, view) => {
      const page = await open(await renderSweepHtml(await sampleSweepRun()), view)
      expect(page.complaints).toEqual([])
      expect(page.requested).toEqual([page.url])
      expect(await page.evaluate('document.querySelectorAll("canvas").length')).toBe(2)
      // The curve is orange, and the measured points are blue.
      expect(Number(await page.evaluate(pixelsOf(0xc2, 0x57, 0x0c)))).toBeGreaterThan(150)
      expect(Number(await page.evaluate(pixelsOf(0x00, 0x67, 0xa8)))).toBeGreaterThan(100)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.widthPx)
    },
  )

  it('reads a measured point aloud', async () => {
    const page = await open(await renderSweepHtml(await sampleSweepRun()))
    await page.evaluate('document.querySelector("#sweep-throughput .plot").focus()')
    await page.press('Home')
    const spoken = await page.evaluate('document.querySelector("#sweep-throughput .spoken").textContent')
    expect(spoken).toMatch(
      /^1 clients: Universal Scalability Law .+\/s, lowest round .+, highest round .+, measured .+\/s/,
    )
  })
})
