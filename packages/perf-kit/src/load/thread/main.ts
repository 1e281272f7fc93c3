import { parentPort, workerData } from 'node:worker_threads'
import { nowNs, sharedClockOffsetNs } from '../../clock/index.ts'
import { PerfKitError } from '../../errors/index.ts'
import { Arrivals } from '../arrivals.ts'
import { type LoadPlan, operationsOf } from '../load-plan.ts'
import { Schedule } from '../schedule.ts'
import { buffersIn } from './buffers-in.ts'
import { BusySeconds } from './busy-seconds.ts'
import { ClosedTraffic } from './closed-traffic.ts'
import { laneSettingsOf } from './lane-settings.ts'
import type { ThreadCommand, ThreadJob, ThreadMessage } from './messages.ts'
import { moduleFailure } from './module-requests.ts'
import { OpenTraffic } from './open-traffic.ts'
import { OwnPause } from './own-pause.ts'
import { Recorder } from './recorder.ts'
import { Sampler } from './sampler.ts'
import { ThreadRequests } from './thread-requests.ts'
import type { Traffic } from './traffic.ts'

const SWEEP_EVERY_MS = 5
/** Of all threads together: enough for the slowest hundredth to be hundreds. */
const SAMPLED_REQUESTS = 65_536
const NS_PER_SEC = 1e9
const NS_PER_MS = 1e6
/** A target that does not answer farewells is left without. */
const LEAVING_NS = 2 * NS_PER_SEC

const { plan, index } = workerData as ThreadJob
const port = parentPort
if (port === null) throw new Error('this is a thread of a load generator, and cannot be started by itself')
const say = (message: ThreadMessage): void => port.postMessage(message, buffersIn(message))

/** All threads share this clock, and each has an own zero of `nowNs`. */
const clockOffsetNs = sharedClockOffsetNs()

/** Made before the thread is ready: what it needs is loaded with it. */
const lane = laneSettingsOf(plan)

let stop = (): void => port.close()
/** once it is ready */
let begin = (_beginNs: number): void => undefined

/** What a user's module does wrong, whenever that is, ends the load: what it has started may throw too. */
let fail = (cause: unknown): void => {
  if (!(cause instanceof PerfKitError) && plan.variants?.kind !== 'module') throw cause
  const { code, message, remedy } = toModuleFailure(cause)
  say({ type: 'failed', code, message, remedy })
  port.close()
}
if (plan.variants?.kind === 'module') process.on('uncaughtException', (cause) => fail(cause))

port.on('message', (command: ThreadCommand) => {
  if (command.type === 'start') begin(command.atNs - clockOffsetNs)
  else stop()
})
ThreadRequests.prepare(plan, index).then((requests) => {
  begin = (beginNs) => drive(beginNs, requests)
  say({ type: 'ready' })
}, fail)

function drive(beginNs: number, requests: ThreadRequests): void {
  const scheduleEndNs = beginNs + scheduleOf(plan).durationNs
  const sampler = new Sampler(Math.ceil(SAMPLED_REQUESTS / plan.threads), index + 1)
  const window = { fromNs: beginNs + plan.warmupNs, toNs: scheduleEndNs }
  const operations = operationsOf(plan).length
  const recorder = new Recorder(window, {
    sampler,
    operations,
    lagsWhenSent: plan.traffic.loop === 'open' && requests.areMadeUp,
    ...(plan.mcp === undefined ? {} : { mcp: plan.mcp }),
  })
  const traffic = trafficOf(beginNs, recorder, requests)
  const lastNs = scheduleEndNs + plan.timeoutNs + NS_PER_SEC
  const busy = new BusySeconds(window)
  const pause = new OwnPause(SWEEP_EVERY_MS * NS_PER_MS)
  let hasBegun = false
  let leftAtNs: number | undefined
  let sequence = 0
  let sentAtNs = beginNs
  const send = (atNs: number): void => {
    sentAtNs += NS_PER_SEC
    say({ type: 'delta', sequence: sequence++, atNs: atNs - beginNs, delta: recorder.take() })
  }
  const sweeper = setInterval(() => {
    const atNs = nowNs()
    if (!hasBegun) return
    traffic.sweep(atNs, pause.expiryNs(atNs))
    if (atNs - sentAtNs >= NS_PER_SEC) send(atNs)
    busy.look(atNs)
    if (leftAtNs === undefined && (traffic.isDone || atNs >= lastNs)) {
      leftAtNs = atNs
      traffic.leave()
    }
    if (leftAtNs === undefined || (!traffic.hasLeft && atNs - leftAtNs < LEAVING_NS)) return
    finish(false)
  }, SWEEP_EVERY_MS)
  const finish = (wasStopped: boolean): void => {
    clearInterval(sweeper)
    clearTimeout(starter)
    traffic.stop()
    lane.close()
    send(nowNs())
    say({
      type: 'done',
      wasStopped,
      finished: recorder.finished,
      busyRatio: busy.meanRatio,
      busiestRatio: busy.busiestRatio,
      shutOut: traffic.shutOut,
      perConnection: lane.perConnection(),
      sample: sampler.columns(clockOffsetNs),
    })
    port?.close()
  }
  stop = () => finish(true)
  const sayFailed = fail
  fail = (cause) => {
    clearInterval(sweeper)
    clearTimeout(starter)
    traffic.stop()
    sayFailed(cause)
  }
  const starter = setTimeout(
    () => {
      hasBegun = true
      traffic.start()
    },
    Math.max(0, (beginNs - nowNs()) / NS_PER_MS),
  )
}

function toModuleFailure(cause: unknown): PerfKitError {
  if (cause instanceof PerfKitError) return cause
  return moduleFailure(plan.variants?.kind === 'module' ? plan.variants.file : 'a module', cause)
}

function scheduleOf({ traffic }: LoadPlan): Schedule {
  return new Schedule(traffic.loop === 'closed' ? traffic.clients : traffic.ratePerSec)
}

function trafficOf(beginNs: number, recorder: Recorder, requests: ThreadRequests): Traffic {
  const share = { index, of: plan.threads }
  const schedule = scheduleOf(plan)
  const { traffic } = plan
  const dialogue = () => requests.dialogue()
  if (traffic.loop === 'closed') {
    return new ClosedTraffic({ clients: schedule, share, thinkNs: traffic.thinkNs, lane, dialogue, beginNs }, recorder)
  }
  const { arrivals: kind, seed } = traffic
  return new OpenTraffic(
    {
      arrivals: new Arrivals(schedule, { kind, seed, share }),
      maxInFlight: shareOf(traffic.maxInFlight),
      maxConnections: shareOf(traffic.maxConnections),
      lane,
      dialogue,
      beginNs,
    },
    recorder,
  )
}

/** This thread's part of a whole number, so that the parts of all threads make up just that. */
function shareOf(total: number): number {
  return Math.floor((total + plan.threads - 1 - index) / plan.threads)
}
