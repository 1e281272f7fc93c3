import { expect, it } from 'vitest'
import { renderLoadHtml } from '../../../src/report/index.ts'
import type { Run } from '../../../src/run/index.ts'
import { HOSTILE_NAMES } from '../hostile-names.ts'
import { sampleLoadRun, single, times } from '../sample-load-run.ts'
import type { BrowserPage, View } from './browser-page.ts'
import { chartColours, describeInBrowser, NARROW, WIDE } from './pages.ts'

/** Of each chart: how many of its pixels are of none of the page's own colours. */
const PAINTED_PIXELS = `[...document.querySelectorAll('canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
  let painted = 0
  for (let index = 3; index < data.length; index += 4) if (data[index] > 200) painted++
  return painted
})`

describeInBrowser('the page of a load, in a browser', (openPage) => {
  async function open(run: Run, view?: View): Promise<BrowserPage> {
    return await openPage(await renderLoadHtml(run), view)
  }

  async function numbers(page: BrowserPage, expression: string): Promise<number[]> {
    const values = await page.evaluate(expression)
    return Array.isArray(values) ? values.map(Number) : []
  }

  it.each([
    ['wide', WIDE],
    ['narrow', NARROW],
    ['dark', { ...WIDE, scheme: 'dark' }],
  ] as const)('draws all charts without a complaint, and asks for nothing: %s', async (_title, view) => {
    const page = await open(sampleLoadRun(), view)
    const painted = await numbers(page, PAINTED_PIXELS)
    expect(painted).toHaveLength(4)
    for (const pixels of painted) expect(pixels).toBeGreaterThan(1_000)
    expect(page.complaints).toEqual([])
    expect(page.requested).toEqual([page.url])
  })

  it('hears complaints and requests, where a page makes some', async () => {
    const page = await renderLoadHtml(sampleLoadRun())
    const opened = await openPage(
      page.replace('</main>', '<img src="picture.png"><p style="color: red"></p><script>alert(1)</script></main>'),
    )
    expect(opened.complaints.join('\n')).toMatch(/Content.Security.Policy/)
    expect(opened.complaints.length).toBeGreaterThanOrEqual(3)
  })

  it('is no wider than a phone', async () => {
    const page = await open(sampleLoadRun(), NARROW)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  })

  it('goes dark and light with the system, charts as well', async () => {
    const page = await open(sampleLoadRun())
    expect(await chartColours(page)).toContain('#0067a8')
    await page.useScheme('dark')
    await page.settle()
    expect(await chartColours(page)).toContain('#5eb6ee')
    expect(await chartColours(page)).not.toContain('#0067a8')
  })

  it('draws the charts anew when its width changes', async () => {
    const page = await open(sampleLoadRun())
    await page.send('Emulation.setDeviceMetricsOverride', {
      width: 700,
      height: 900,
      deviceScaleFactor: 1,
      mobile: false,
    })
    await page.settle()
    await page.settle()
    expect(await page.evaluate('document.querySelector("canvas").clientWidth')).toBe(652)
    expect(await page.evaluate('document.querySelectorAll("canvas").length')).toBe(4)
  })

  it('reads values at the keys, in words for who cannot see, and in all charts of the same time', async () => {
    const page = await open(sampleLoadRun())
    await page.evaluate('document.querySelector("#subject-1-response .plot").focus()')
    await page.press('Home')
    for (let second = 0; second < 18; second++) await page.press('ArrowRight')
    const spoken = await page.evaluate('document.querySelector("#subject-1-response .spoken").textContent')
    expect(spoken).toMatch(/^0:18: response time p50 \d\.\d+ ms, response time p99 2\d\d ms, /)
    const beside = await page.evaluate('document.querySelector("#subject-1-throughput .keys").textContent')
    expect(beside).toMatch(/^0:18succeeded 800\/s/)
    await page.press('Escape')
    expect(await page.evaluate('document.querySelector("#subject-1-throughput .at").textContent')).toBe('')
  })

  it('hides a line when its name is pressed, and shows it again', async () => {
    const page = await open(sampleLoadRun())
    const press = 'document.querySelector("#subject-1-throughput .key").click()'
    await page.evaluate(press)
    await page.settle()
    expect(await chartColours(page)).not.toContain('#0067a8')
    expect(await page.evaluate('document.querySelector(".key").getAttribute("aria-pressed")')).toBe('false')
    await page.evaluate(press)
    await page.settle()
    expect(await chartColours(page)).toContain('#0067a8')
  })

  it('shows a line for a run that was shorter than a second', async () => {
    const page = await open(sampleLoadRun({}, { seconds: 0.5, perSec: 100 }))
    // From the left edge to the right, as wide as the chart.
    expect(await chartColours(page)).toContain('#0067a8')
    expect(page.complaints).toEqual([])
  })

  it('draws eight hours in not much more time than a minute', async () => {
    const timeToDraw = async (seconds: number): Promise<number> => {
      const page = await open(sampleLoadRun({}, { seconds, perSec: 2000 }))
      expect(page.complaints).toEqual([])
      // From the last byte until all scripts have run: reading the page, and drawing.
      return Number(
        await page.evaluate(`(() => {
          const [{ responseEnd, domComplete }] = performance.getEntriesByType('navigation')
          return domComplete - responseEnd
        })()`),
      )
    }
    // Of two in turn the shorter: what else the machine does comes on top.
    const [minutes, whole]: [number[], number[]] = [[], []]
    for (let turn = 0; turn < 2; turn++) {
      minutes.push(await timeToDraw(60))
      whole.push(await timeToDraw(28_800))
    }
    const [minute, hours] = [Math.min(...minutes), Math.min(...whole)]
    expect(minute).toBeGreaterThan(0)
    // 480 times as many seconds in about the same time: the points are as many as a chart has pixels.
    expect(hours / minute).toBeLessThan(20)
  })

  it('is a page without any text of a Run in its markup', async () => {
    const names = [
      ...HOSTILE_NAMES,
      '</script><script>document.title = "taken over"</script>',
      '<img src=x onerror=alert(1)>',
    ]
    const metrics = [
      ...times('responseTime', 100, 1e6, 0.3),
      ...names.map((name) => single(`outcome ${name}`, 'count', 1)),
      ...times('</script><script>document.title = "taken over"</script>', 100, 1e6, 0.3),
    ]
    const page = await open(sampleLoadRun({ metrics, warnings: names.map((message) => ({ code: 'X', message })) }))
    expect(page.complaints).toEqual([])
    expect(await page.evaluate('document.querySelectorAll("img, b, script").length')).toBe(2)
    expect(await page.evaluate('document.title')).toBe('POST /mcp · 2000/s, poisson · load report')
    const shown = await page.evaluate('document.querySelector(".outcomes").textContent')
    expect(shown).toContain('<img src=x onerror=alert(1)>')
  })

  it('has a name for each control and picture, and a heading for each part', async () => {
    const page = await open(sampleLoadRun())
    const { nodes } = await page.send('Accessibility.getFullAXTree')
    const named = (Array.isArray(nodes) ? nodes : []).filter(({ ignored }) => ignored !== true)
    const nameless = named.filter(
      ({ role, name }) => ['button', 'image', 'img', 'region', 'table'].includes(role?.value) && name?.value === '',
    )
    expect(nameless.filter(({ role }) => role.value !== 'table')).toEqual([])
    expect(
      await page.evaluate('[...document.querySelectorAll("h1, h2, h3")].map(({ tagName }) => tagName).join(" ")'),
    ).toBe('H1 H2 H3 H3 H3 H3 H3 H3 H2 H2')
  })
})
