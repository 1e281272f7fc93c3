import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { TemporaryProject } from '../../bench/temporary-project.ts'
import { script, startWithAgent } from '../../target/agent/agent-target.ts'

/** Watches a process as a user who may not look into it, and tells what it sees. */
const PROGRAM = `import { judgeHeadroom, judgeRelief, memoryLimitsOf, MemoryMonitor } from '@gw/perf-kit'

const pid = Number(process.argv[2])
process.setegid('nogroup')
process.seteuid('nobody')
const samples = []
const monitor = MemoryMonitor.ofProcess(pid, { everyNs: 20e6, onSample: (sample) => samples.push(sample) }).start()
while (samples.length < 3 && monitor.state.state === 'watching') await new Promise((resolve) => setTimeout(resolve, 20))
await monitor.stop()
const { state, doubts } = monitor
const limits = { ...memoryLimitsOf({ pid, agent: undefined }), groupBytes: undefined }
console.log(JSON.stringify({ state, doubts, last: samples.at(-1)?.outside, headroom: judgeHeadroom(samples, limits), relief: judgeRelief(samples, 1e9) }))
`

// Only root can become somebody else.
it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
  'another user’s process is seen as far as the system lets us, and what is not known is said (skipped unless root)',
  async () => {
    await using target = await startWithAgent({
      agent: false,
      command: script('console.log("listening on http://127.0.0.1:9/"); setInterval(() => {}, 1000)'),
    })
    await using project = await TemporaryProject.create({ 'program.ts': PROGRAM })
    const { stdout } = await promisify(execFile)(process.execPath, ['program.ts', String(target.pid)], {
      cwd: project.directory,
    })
    const told: unknown = JSON.parse(stdout)
    expect(told).toMatchObject({
      headroom: { state: 'unknown', limits: [] },
      relief: { state: 'unknown' },
    })
    // Its memory anybody may read; what it has open nobody but its user, unless even the folder is hidden.
    const isHidden = JSON.stringify(told).includes('may not be read by this user')
    if (isHidden) expect(told).toMatchObject({ state: { state: 'unreadable' } })
    else expect(told).toMatchObject({ state: { state: 'watching' }, last: { descriptors: null, sockets: null } })
  },
)
