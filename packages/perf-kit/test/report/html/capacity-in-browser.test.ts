import { expect, it } from 'vitest'
import { renderCapacityHtml } from '../../../src/report/index.ts'
import { sampleCapacityRun } from '../sample-capacity-run.ts'
import { chartColours, describeInBrowser } from './pages.ts'

describeInBrowser('the page of a search, in a browser', (open) => {
  it('draws its lines with points and the boundary, reads them out, and complains of nothing', async () => {
    const page = await open(await renderCapacityHtml(sampleCapacityRun()))
    // What was achieved, and p99.
    expect(await chartColours(page, 60)).toEqual(expect.arrayContaining(['#0067a8', '#c2570c']))
    await page.evaluate(`document.querySelector('.plot').focus()`)
    await page.press('End')
    expect(await page.evaluate(`document.querySelector('.spoken').textContent`)).toMatch(
      /^1,400\/s, broken: achieved 1,012\/s, offered 1,400\/s, response time p99 990 ms, limit of p99 200 ms/,
    )
    expect(page.complaints).toEqual([])
    expect(page.requested).toEqual([page.url])
  })
})
