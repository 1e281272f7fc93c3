/**
 * Hours of a soak's record in minutes: `node record-process.ts <hours> <folder>`. Seconds and samples are those of a real load, told again and again, each of them on the
 * disk before the next. Prints this process's memory after each simulated half hour and at the end, and how large the record and its page are.
 */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  LoadGenerator,
  MemoryMonitor,
  type MemorySample,
  readEnvironment,
  readSoak,
  renderSoakHtml,
  SoakRecord,
  type StreamedSecond,
  startTarget,
  toSoakRun,
} from '@gw/perf-kit'

const TOLD_SEC = 30
const HALF_HOUR_SEC = 1_800
const CLIENTS = 50
const NS_PER_SEC = 1e9

const SERVER = `
const { createServer } = require('node:http')
const server = createServer((request, response) => response.end(JSON.stringify({ at: Date.now(), url: request.url })))
server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))`

const [hours = '8', folder = 'record'] = process.argv.slice(2)
const seconds = Number(hours) * 3_600
const { told, samples } = await realSeconds()
const record = await SoakRecord.create(folder, {
  name: 'simulated',
  subject: `simulated · GET / · ${CLIENTS} clients`,
  configuration: 'default',
  loop: 'closed',
  startedAt: new Date().toISOString(),
  plannedNs: seconds * NS_PER_SEC,
  environment: readEnvironment([]),
  harness: { name: 'bench', version: '1', methodVersion: 1 },
  source: { commit: null, dirty: false },
  budgets: [],
})
const beganMs = Date.now()
record.add({
  type: 'part',
  at: 0,
  startedAt: new Date().toISOString(),
  pid: 1,
  process: '1@1',
  isOneOfMany: false,
  notes: [],
})
const rssBytes: number[] = []
for (let at = 0; at < seconds; at++) {
  addSecond(at)
  await record.flush()
  if ((at + 1) % HALF_HOUR_SEC === 0) rssBytes.push(process.memoryUsage.rss())
}
record.add({ type: 'end', at: seconds, end: 'complete', because: '', said: '', doubts: [], unseen: [], limits: [] })
await record.close()
const run = toSoakRun(await readSoak(folder), folder)
const page = await renderSoakHtml(run)
rssBytes.push(process.memoryUsage.rss())
process.stdout.write(
  JSON.stringify({
    rssBytes,
    recordBytes: await sizeOf(folder),
    pageBytes: Buffer.byteLength(page),
    measuredSec: (run.soak?.measuredNs ?? 0) / NS_PER_SEC,
    requests: run.metrics.find(({ name }) => name === 'errorRatio')?.evidence,
  }),
)

function addSecond(at: number): void {
  const second = told[at % told.length]
  if (second === undefined) return
  const moved = { ...second, second: at, untilNs: (at + 1) * NS_PER_SEC }
  record.add({
    type: 'second',
    at,
    wallMs: beganMs + 1000 * (at + 1),
    level: CLIENTS,
    isGap: false,
    isWhole: true,
    second: moved,
  })
  const sample = samples[at % samples.length]
  if (sample === undefined) return
  const atNs = (at + 1) * NS_PER_SEC
  const inside = sample.inside === null ? null : { ...sample.inside, atNs }
  record.add({
    type: 'sample',
    at,
    sample: { ...sample, atNs, inside, requests: { count: (at + 1) * second.finished, atNs } },
  })
}

interface RealSeconds {
  readonly told: readonly StreamedSecond[]
  readonly samples: readonly MemorySample[]
}

async function realSeconds(): Promise<RealSeconds> {
  const told: StreamedSecond[] = []
  const target = await startTarget({
    command: [process.execPath, '-e', SERVER],
    ready: { log: /listening on (\S+)/ },
    agent: true,
  })
  try {
    const generator = new LoadGenerator({
      url: target.url ?? '',
      loop: 'closed',
      phases: [{ from: CLIENTS, to: CLIENTS, durationNs: TOLD_SEC * NS_PER_SEC }],
      onSecond: (second) => told.push(second),
    })
    const samples: MemorySample[] = []
    const monitor = MemoryMonitor.of(target, { load: generator, onSample: (sample) => samples.push(sample) }).start()
    await generator.run()
    await monitor.stop()
    return { told: told.slice(0, TOLD_SEC), samples: samples.slice(0, TOLD_SEC) }
  } finally {
    await target.stop()
  }
}

async function sizeOf(path: string): Promise<number> {
  const names = await readdir(path)
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(path, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
