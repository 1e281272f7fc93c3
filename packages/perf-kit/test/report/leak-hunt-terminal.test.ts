import { describe, expect, it } from 'vitest'
import { type LeakHuntReport, renderLeakHunt } from '../../src/report/index.ts'
import { HOSTILE_NAMES } from './hostile-names.ts'

const PLAIN = { colour: false, unicode: true, widthColumns: 120, directory: '/srv/app' }

const REPORT: LeakHuntReport = {
  state: 'leaking',
  subject: 'GET / · 10 clients, 10 ms think time',
  watched: { durationNs: 60e9, requests: 54_120, failed: 0 },
  verdict: {
    state: 'leaking',
    because: 'heap: it goes on growing',
    signals: [
      {
        signal: 'heap',
        unit: 'bytes',
        per: 'request',
        state: 'leaking',
        because: 'it goes on growing',
        points: 20,
        each: { value: 312, low: 305, high: 320 },
        inAll: 16.2e6,
      },
      { signal: 'sockets', unit: 'count', per: 'request', state: 'steady', because: 'it does not', points: 20 },
    ],
  },
  allocation: {
    bytesPerRequest: { value: 9_800, low: 9_500, high: 10_100 },
    gcShareRatio: 0.0123,
    sites: [
      {
        place: { name: 'handle', file: '/srv/app/src/server.ts', line: 17 },
        isOwn: true,
        callers: [],
        bytesPerRequest: { value: 4_000, low: 3_800, high: 4_200 },
      },
    ],
  },
  sites: [
    {
      place: { name: 'remember', file: '/srv/app/src/sessions.ts', line: 8 },
      isOwn: true,
      through: { name: 'set', file: '', line: 0 },
      callers: [
        { name: '', file: '/srv/app/src/server.ts', line: 17 },
        { name: 'main', file: '/srv/other/main.ts', line: 3 },
      ],
      bytesPerRequest: { value: 309, low: 280, high: 338 },
    },
  ],
  kept: {
    requests: [1104, 1217],
    stoodStillNs: 2.4e9,
    classes: [
      { type: 'object', name: 'Session', objectsPerRequest: 1.002, bytesPerRequest: 96, isMultiple: true },
      { type: 'array', name: '(array)', objectsPerRequest: 0.31, bytesPerRequest: 40, isMultiple: false },
    ],
    paths: [
      {
        type: 'object',
        name: 'Session',
        path: ['global.sessions', 'Map.table', '…', 'Session'],
        count: 198,
        sampled: 200,
      },
    ],
    files: [],
  },
  notes: ['from outside, this system has no /proc, as Linux has'],
  targetEnded: false,
}

describe('a hunt for a leak at the terminal', () => {
  it('tells what grows, by how much a request, who has allocated it and who keeps it', async () => {
    await expect(renderLeakHunt(REPORT, PLAIN)).toMatchFileSnapshot('golden/leak-hunt-120.txt')
  })

  it('keeps to the width of the terminal, and to ASCII where that is all there is', () => {
    const subject = 'GET /, 10 clients'
    const text = renderLeakHunt({ ...REPORT, subject }, { ...PLAIN, unicode: false, widthColumns: 80 })
    expect(text).toMatch(/^[\x20-\x7e\n]*$/)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('says why it does not know, and that nothing was found', () => {
    const { kept: _kept, sites: _sites, allocation: _allocation, ...rest } = REPORT
    const verdict = { state: 'inconclusive' as const, because: 'heap: 3 values are too few: 6 at least', signals: [] }
    const watched = { durationNs: 1e9, requests: 900, failed: 12 }
    const text = renderLeakHunt({ ...rest, state: 'inconclusive', verdict, watched }, PLAIN)
    expect(text).toContain(' · 1 s · 900 requests, of which 12 failed\n')
    expect(text).toContain('\ninconclusive:\n• heap: 3 values are too few: 6 at least\n')
    expect(text).not.toContain('who has allocated')
  })

  it.each(HOSTILE_NAMES)('lets no name do anything to the terminal: %j', (name) => {
    const place = { name, file: name, line: 1 }
    const [site] = REPORT.sites ?? []
    const [path] = REPORT.kept?.paths ?? []
    const [kept] = REPORT.kept?.classes ?? []
    if (site === undefined || path === undefined || kept === undefined || REPORT.kept === undefined) throw new Error()
    const hostile: LeakHuntReport = {
      ...REPORT,
      subject: name,
      sites: [{ ...site, place, through: place, callers: [place] }],
      kept: {
        ...REPORT.kept,
        classes: [{ ...kept, name }],
        paths: [{ ...path, name, path: [name] }],
        files: [name],
        notKept: name,
        newStrings: [{ text: name, count: 1, selfBytes: 1 }],
      },
      notes: [name],
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
    expect(renderLeakHunt(hostile, PLAIN)).not.toMatch(unsafe)
  })
})
