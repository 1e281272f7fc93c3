/**
 * Starts a target as Clinic.js Doctor does, and has it look at what it collected when the target has ended: a process of its own, because Doctor keeps
 * all of its samples in memory, takes a processor for seconds, and patches what it loads. Asked to end (SIGTERM), it asks the target to (SIGINT), as Doctor wants it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { TargetExit } from '../../target/index.ts'
import {
  type ClinicDoctorClass,
  type DoctorAnalysisClass,
  type DoctorDecoderClass,
  type DoctorJob,
  PARTS,
  VERDICT_FILE,
} from './clinic-doctor.ts'

const job: DoctorJob = JSON.parse(process.argv[2] ?? '{}')
const require = createRequire(job.doctor)
let impatience: NodeJS.Timeout | undefined
let exit: TargetExit | undefined

process.on('SIGTERM', () => {
  if (exit !== undefined) return
  // Doctor hands SIGINT on, once; the target's end is told to us.
  process.kill(process.pid, 'SIGINT')
  impatience = setTimeout(() => fail('the target did not end on SIGINT, and Doctor needs its end'), job.stopTimeoutMs)
})

// Doctor keeps to itself how its target ended; it takes `spawn` from there when it is loaded.
const childProcess: { spawn: typeof spawn } = require('node:child_process')
childProcess.spawn = new Proxy(spawn, {
  apply: (start, self, args) => {
    const child: ChildProcess = Reflect.apply(start, self, args)
    return child.once('exit', (code, signal) => {
      clearTimeout(impatience)
      exit = { code, signal }
    })
  },
})

try {
  const Doctor: ClinicDoctorClass = require(job.doctor)
  const doctor = new Doctor({ dest: job.folder })
  doctor.collect(job.command, (error, folder) => {
    if (error !== null && error !== undefined) fail(error.message)
    else
      analyse(folder).then(
        (verdict) => finish({ verdict }),
        (reason: unknown) => fail(wordsOf(reason)),
      )
  })
} catch (error) {
  fail(wordsOf(error))
}

async function analyse(folder: string): Promise<unknown> {
  const names = await readdir(folder)
  const part = (name: string): string => join(folder, names.find((each) => each.endsWith(`-${name}`)) ?? name)
  const decoder = (name: string): DoctorDecoderClass => require(join(dirname(job.doctor), 'format', `${name}.js`))
  const Analysis: DoctorAnalysisClass = require(join(dirname(job.doctor), 'analysis', 'index.js'))
  const [SystemInfo, TraceEvents, ProcessStats] = [
    decoder('system-info-decoder'),
    decoder('trace-event-decoder'),
    decoder('process-stat-decoder'),
  ]
  return await new Promise((resolve, reject) => {
    const decoded = (name: string, stream: NodeJS.ReadWriteStream): NodeJS.ReadWriteStream => {
      createReadStream(part(name)).on('error', reject).pipe(stream)
      return stream.on('error', reject)
    }
    const systemInfo = decoded(PARTS.systemInfo, new SystemInfo())
    const traceEvents = decoded(PARTS.traceEvents, new TraceEvents(systemInfo))
    const processStats = decoded(PARTS.processStats, new ProcessStats())
    new Analysis(systemInfo, traceEvents, processStats)
      .on('error', reject)
      .on('data', resolve)
      .on('end', () => reject(new Error('Doctor came to no verdict')))
  })
}

function finish(told: object): void {
  writeFile(join(job.folder, VERDICT_FILE), JSON.stringify({ ...told, ...(exit === undefined ? {} : { exit }) })).then(
    () => process.exit(0),
    () => process.exit(3),
  )
}

function fail(problem: string): void {
  finish({ problem })
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message.trim().replaceAll(/\s+/g, ' ') : String(error)
}
