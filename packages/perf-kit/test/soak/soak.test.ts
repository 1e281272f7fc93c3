import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LoadOptions } from '../../src/load/index.ts'
import { Soak, type SoakOptions, type SoakProgress } from '../../src/soak/soak.ts'
import { readSoak } from '../../src/soak/soak-reading.ts'
import { SoakRecord } from '../../src/soak/soak-record.ts'
import { toSoakRun } from '../../src/soak/soak-run.ts'
import { startTarget } from '../../src/target/index.ts'
import { HEAD } from './recorded-seconds.ts'

const SERVER = (onRequest: string) => `
  const server = require('node:http').createServer((request, response) => { ${onRequest}; response.end('ok') })
  let requests = 0
  const kept = []
  server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))`

interface Soaked extends AsyncDisposable {
  readonly options: SoakOptions
  readonly folder: string
  readonly run: (signal?: AbortSignal) => Promise<string>
  readonly started: () => number
}

/** A soak of a server of some lines, at 40 requests a second. */
async function soakOf(onRequest: string, seconds: number, options: Partial<SoakOptions> = {}): Promise<Soaked> {
  const folder = await mkdtemp(join(tmpdir(), 'kit-soak-'))
  const head = { ...HEAD, loop: 'open' as const, plannedNs: seconds * 1e9, startedAt: new Date().toISOString() }
  const record = await SoakRecord.create(folder, head)
  let started = 0
  const all: SoakOptions = {
    record,
    startTarget: async (signal) => {
      started++
      const process = await startTarget({
        command: [globalThis.process.execPath, '-e', SERVER(onRequest)],
        ready: { log: /listening on (\S+)/ },
        signal,
        isKept: true,
      })
      return { url: process.url ?? '', process }
    },
    load: (url): LoadOptions => ({
      url,
      loop: 'open',
      phases: [{ from: 40, to: 40, durationNs: seconds * 1e9 }],
    }),
    ...options,
  }
  const soak = new Soak(all)
  return {
    folder,
    options: all,
    started: () => started,
    run: async (signal) => await soak.run(signal).finally(async () => await record.close()),
    [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true, force: true }),
  }
}

const runIn = async (folder: string) => toSoakRun(await readSoak(folder), folder)

/** Of lines in the journal of a record, those that are of seconds. */
function secondsOnDisk(folder: string): number {
  const names = readdirSync(folder).filter((name) => name.startsWith('journal-'))
  const texts = names.map((name) => readFileSync(join(folder, name), 'utf8'))
  return texts.reduce((sum, text) => sum + text.split('"type":"second"').length - 1, 0)
}

describe('a soak', { concurrent: true }, () => {
  it('drives until its end, and has each second on the disk before the next is told', async () => {
    const behind: number[] = []
    let folder = ''
    const told: SoakProgress[] = []
    await using soak = await soakOf('', 4, {
      onProgress: (progress) => {
        told.push(progress)
        behind.push(progress.measuredSec - secondsOnDisk(folder))
      },
    })
    folder = soak.folder
    expect(await soak.run()).toBe('complete')
    // The one that is told is on its way to the disk, and those before are there; a machine that stands still may leave another one behind.
    const usual = behind.toSorted((left, right) => left - right)[Math.floor(behind.length / 2)]
    expect(usual).toBeLessThanOrEqual(1)
    const run = await runIn(soak.folder)
    expect(run.soak?.parts).toMatchObject([{ end: 'complete' }])
    // A machine that stood still for a second has measured one less.
    expect(run.soak?.measuredNs).toBeGreaterThanOrEqual(2e9)
    expect(run.soak?.measuredNs).toBeLessThanOrEqual(4e9)
    expect(run.metrics.find(({ name }) => name === 'outcome HTTP 200')?.value).toBe(160)
    expect(run.series?.map(({ name }) => name)).toContain('targetRss')
    expect(told.length).toBeGreaterThanOrEqual(4)
    expect(told.at(-1)?.memoryBytes).toBeGreaterThan(1e6)
  })

  it('takes the end of a target for a result: how it ended, and what it said last', async () => {
    await using soak = await soakOf(
      `if (++requests === 60) { console.error('the disk is full'); process.exit(3) }`,
      600,
    )
    expect(await soak.run()).toBe('targetEnded')
    const run = await runIn(soak.folder)
    expect(run.soak?.parts).toMatchObject([
      {
        end: 'targetEnded',
        because: expect.stringMatching(/^the target ended: it ended itself: exit code 3\. /),
        said: expect.stringContaining('the disk is full'),
      },
    ])
    expect(run.warnings.find(({ code }) => code === 'TARGET_ENDED')?.message).toContain('the disk is full')
    expect(soak.started()).toBe(1)
  })

  it('ends as soon as a leak is certain, when that is wished', async () => {
    const opens = `kept.push(require('node:fs').openSync('/dev/null', 'r'))`
    await using soak = await soakOf(opens, 600, { failFast: true, judgedEverySec: 1 })
    expect(await soak.run()).toBe('leak')
    const run = await runIn(soak.folder)
    expect(run.soak?.verdict.state).toBe('leaking')
    const growth = run.metrics.find(({ name }) => name === 'descriptorsGrowthPerRequest')
    expect(growth?.value).toBeGreaterThan(0.8)
    expect(growth?.value).toBeLessThan(1.2)
    expect(run.soak?.parts.at(-1)?.because).toContain('a leak was certain: descriptors')
  })

  it('ends when it is told to, with what is known', async () => {
    const controller = new AbortController()
    await using soak = await soakOf('', 600, {
      onProgress: ({ measuredSec }) => {
        if (measuredSec >= 2) controller.abort()
      },
    })
    expect(await soak.run(controller.signal)).toBe('interrupted')
    const run = await runIn(soak.folder)
    expect(run.soak?.measuredNs).toBeGreaterThanOrEqual(2e9)
    expect(run.validity.reasons.join()).toContain('it was interrupted')
  })

  it('starts a target that has ended once more, when that is wished, and goes on with the rest', async () => {
    await using soak = await soakOf('if (++requests === 150) process.exit(1)', 5, { restart: true, shortestLifeSec: 1 })
    expect(await soak.run()).toBe('complete')
    expect(soak.started()).toBe(2)
    const run = await runIn(soak.folder)
    expect(run.soak?.parts.map(({ end }) => end)).toEqual(['targetEnded', 'complete'])
    expect(run.soak?.gaps.map(({ kind }) => kind)).toContain('restart')
    expect(new Set(run.soak?.parts.map(({ pid }) => pid)).size).toBe(2)
  })

  it('goes on with a rest in which nothing is asked, and with none, and writes no end of what has not begun', async () => {
    const controller = new AbortController()
    await using soak = await soakOf('', 4, {
      load: (url) => ({
        url,
        loop: 'closed',
        phases: [
          { from: 1, to: 1, durationNs: 1e9 },
          { from: 0, to: 0, durationNs: 3e9 },
        ],
        thinkNs: 5e6,
      }),
      onProgress: ({ measuredSec }) => {
        if (measuredSec >= 2) controller.abort()
      },
    })
    expect(await soak.run(controller.signal)).toBe('interrupted')
    const goOn = async (signal?: AbortSignal) => {
      const record = await SoakRecord.resume(soak.folder)
      return await new Soak({ ...soak.options, record }).run(signal).finally(async () => await record.close())
    }
    expect(await goOn(AbortSignal.abort())).toBe('interrupted')
    expect(await goOn()).toBe('complete')
    expect((await runIn(soak.folder)).soak?.parts.map(({ end }) => end)).toEqual(['interrupted', 'complete'])
    expect((await runIn(soak.folder)).soak?.measuredNs).toBeLessThanOrEqual(4e9)
    // As if it had been killed after its last second: there is nothing left to drive.
    expect(await goOn()).toBe('complete')
    expect((await runIn(soak.folder)).soak?.parts.map(({ end }) => end)).toEqual(['interrupted', 'complete'])
  })
})
