/** Millions of requests by our generator: `node memory-process.ts <url> <millions>`. Prints its memory after each million. */
import { LoadGenerator } from '@gw/perf-kit'

const WATCH_EVERY_MS = 50
const MILLION = 1e6
/** Ended when enough have been sent; this is to end what never gets there. */
const MOST_SECONDS = 1200

const [url = '', millions = '1'] = process.argv.slice(2)
const most = Number(millions)
const generator = new LoadGenerator({
  url,
  loop: 'closed',
  phases: [{ from: 50, to: 50, durationNs: MOST_SECONDS * 1e9 }],
})
const rssBytes: number[] = []
const watch = setInterval(() => {
  const { finished } = generator.result
  while (rssBytes.length < most && finished >= (rssBytes.length + 1) * MILLION) rssBytes.push(process.memoryUsage.rss())
  if (rssBytes.length >= most) void generator.stop()
}, WATCH_EVERY_MS)
await generator.run().finally(() => clearInterval(watch))
process.stdout.write(JSON.stringify({ rssBytes, failed: generator.result.failed }))
