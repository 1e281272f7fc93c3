import { createRequire } from 'node:module'
import { isIP } from 'node:net'
import { nowNs } from '../../../clock/index.ts'
import { durationNsOf } from '../../load-plan.ts'
import type { Delta } from '../../thread/messages.ts'
import { Recorder } from '../../thread/recorder.ts'
import type { Autocannon, AutocannonOptions } from './client.ts'
import { ClientWatch } from './client-watch.ts'
import type { AutocannonCommand, AutocannonMessage } from './messages.ts'

const NS_PER_SEC = 1e9
const NS_PER_MS = 1e6
const LOOK_EVERY_MS = 10
/** How often it looks whether its duration is over, which is never before we end it. */
const SAMPLE_EVERY_MS = 100

type Job = Extract<AutocannonCommand, { type: 'drive' }>

const require = createRequire(import.meta.url)
const autocannon: Autocannon = require('autocannon')

const leave = (): void => process.exit(0)
const say = (message: AutocannonMessage, whenSaid?: () => void): void => {
  process.send?.(message, undefined, undefined, whenSaid)
}

let stop = leave

process.on('message', (command: AutocannonCommand) => {
  if (command.type === 'drive') drive(command)
  else stop()
})
// Nobody is left to be told.
process.on('disconnect', leave)
say({ type: 'ready' })

function drive(job: Job): void {
  const { plan } = job
  const beginNs = nowNs()
  const durationNs = durationNsOf(plan)
  const window = { fromNs: beginNs, toNs: beginNs + durationNs }
  const recorder = new Recorder(window)
  const watches: ClientWatch[] = []
  const atStart = performance.eventLoopUtilization()
  let busyRatio = 0
  let resting = 0
  let asked = 0
  let sequence = 0
  const take = (): Delta => {
    const delta = recorder.take()
    asked += delta.offered
    return delta
  }
  const tell = (delta: Delta): void => say({ type: 'delta', sequence: sequence++, atNs: nowNs() - beginNs, delta })
  const finish = (wasStopped: boolean): void => {
    clearInterval(telling)
    clearTimeout(ending)
    const delta = take()
    // What was due and never asked for: autocannon begins each second with a new count.
    const dropped = wasStopped ? 0 : Math.max(0, plannedRequests(job) - asked)
    tell({ ...delta, offered: delta.offered + dropped, dropped })
    // autocannon may still have timers and connections to end; nobody waits for that.
    say({ type: 'done', wasStopped, finished: recorder.finished + dropped, busyRatio }, leave)
  }
  stop = () => finish(true)
  const onRest = (): void => {
    resting++
    if (resting === watches.length) finish(false)
  }
  // A timer's lateness adds up: looked at often, and told when a whole second has passed.
  let toldAtNs = beginNs
  const telling = setInterval(() => {
    if (nowNs() - toldAtNs < NS_PER_SEC) return
    toldAtNs += NS_PER_SEC
    tell(take())
  }, LOOK_EVERY_MS)
  const ending = setTimeout(() => {
    busyRatio = performance.eventLoopUtilization(atStart).utilization
    for (const watch of watches) watch.rest()
  }, durationNs / NS_PER_MS)
  const options = optionsOf(job, (client) => watches.push(new ClientWatch(client, recorder, window, onRest)))
  autocannon(options).then(undefined, (error: unknown) => {
    throw error
  })
}

function optionsOf({ plan, body, address }: Job, setupClient: AutocannonOptions['setupClient']): AutocannonOptions {
  const { endpoint, traffic, method, timeoutNs } = plan
  const level = traffic.loop === 'closed' ? traffic.clients[0]?.to : traffic.ratePerSec[0]?.to
  const connections = traffic.loop === 'closed' ? (level ?? 1) : traffic.maxConnections
  // It must not end by itself before all that counts has come: its clients are told when to.
  const duration = (durationNsOf(plan) + 2 * timeoutNs) / NS_PER_SEC
  return {
    url: `${endpoint.isSecure ? 'https' : 'http'}://${address}:${endpoint.port}${endpoint.path}`,
    connections,
    duration,
    timeout: timeoutNs / NS_PER_SEC,
    ...(traffic.loop === 'open' ? { overallRate: level ?? 1 } : {}),
    method,
    headers: headersOf(plan),
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
    ...(endpoint.isSecure && isIP(endpoint.hostname) === 0 ? { servername: endpoint.hostname } : {}),
    sampleInt: SAMPLE_EVERY_MS,
    setupClient,
  }
}

function headersOf({ endpoint, headers }: Job['plan']): Readonly<Record<string, string>> {
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  const { authorization } = endpoint
  return {
    ...headers,
    ...(given.has('host') ? {} : { Host: endpoint.host }),
    ...(authorization === undefined || given.has('authorization') ? {} : { Authorization: authorization }),
  }
}

/** Of a closed loop nothing is planned. */
function plannedRequests({ plan }: Job): number {
  if (plan.traffic.loop === 'closed') return 0
  return Math.round(((plan.traffic.ratePerSec[0]?.to ?? 0) * durationNsOf(plan)) / NS_PER_SEC)
}
