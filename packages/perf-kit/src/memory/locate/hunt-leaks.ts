import { PerfKitError } from '../../errors/index.ts'
import type { AllocationProfile, TargetAgent, TargetExit } from '../../target/index.ts'
import { type AllocationSite, allocatedPerRequest, allocatingSites, growingSites } from './allocation-sites.ts'
import { CodePlaces } from './code-places.ts'
import { type HuntedTarget, type HuntOptions, type HuntTimes, makeFolder, timesOf } from './hunt-options.ts'
import type { AllocationTracking, LeakHuntResult } from './hunt-result.ts'
import type { LoadWish } from './hunting-load.ts'
import { overallState } from './overall-state.ts'
import { compareSnapshots } from './snapshot-steps.ts'
import { suspicionOf } from './suspicion.ts'
import { type Watched, watchTarget } from './watch-target.ts'

/** Of all that is allocated, hundreds of MB a second: enough to tell whose it is. */
const ALL_INTERVAL_BYTES = 2 ** 17
/**
 * Of what stays there is little: 64 bytes of each of 10 000 requests are 20 to 600 objects that are noted. Each object that is noted takes the target some
 * µs, whether it stays or not: 2000 a second are a hundredth of its time.
 */
const FINEST_BYTES = 2 ** 10
const COARSEST_BYTES = 2 ** 15
const MOST_NOTED_PER_SEC = 2_000
/** Of what stays: less that is left out changes nothing. */
const MUCH_RATIO = 0.05
/** Enough to tell a request's objects from others, and few enough to fit into three snapshots. */
const REQUESTS_A_SNAPSHOT = 1_000
const SNAPSHOT_CLIENTS = 2
/** Of a target that answers a thousand at once. */
const SHORTEST_STEP_NS = 0.3e9
const NS_PER_SEC = 1e9

/**
 * From a slope to the code: drive a target, judge what grows, and only where something may, look who has allocated what stays, and take
 * snapshots to see what it is and what keeps it. Minutes, of which the target stands still for seconds.
 *
 * @throws {PerfKitError} `LOAD_INVALID` for times that are too short, `STORE_UNWRITABLE`, and what the loads throw
 */
export async function huntLeaks(
  target: HuntedTarget,
  options: HuntOptions,
  signal?: AbortSignal,
): Promise<LeakHuntResult> {
  const times = timesOf(options)
  if (options.keepIn !== undefined) await makeFolder(options.keepIn)
  const ended = new AbortController()
  void target.exit.then(() => ended.abort(endedTooEarly()))
  const until = AbortSignal.any([ended.signal, ...(signal === undefined ? [] : [signal])])
  const { doubts, ...watched } = await watchTarget(target, options, times, until)
  const hunt: Hunt = { options, times, until, watched, notes: [], places: new CodePlaces() }
  const found = await look(target, hunt)
  if (target.hasEnded) hunt.notes.unshift(endText(await target.exit, target.outputTail))
  else if (signal?.aborted === true) hunt.notes.unshift('it was interrupted: this is what was known by then')
  const { verdict, ...seen } = watched
  const { state, notes } = overallState({ ...found, verdict, watched: seen })
  return {
    state,
    verdict,
    watched: seen,
    ...found,
    notes: [...notes, ...doubts, ...hunt.notes],
    targetEnded: target.hasEnded,
  }
}

interface Hunt {
  readonly options: HuntOptions
  readonly times: HuntTimes
  readonly until: AbortSignal
  readonly watched: Omit<Watched, 'doubts'>
  readonly notes: string[]
  readonly places: CodePlaces
}

type Found = Pick<LeakHuntResult, 'allocation' | 'sites' | 'kept'>

/** Step by step, and no further than there is something to look for. What goes wrong with one of them takes nothing from what was found before. */
async function look({ agent }: HuntedTarget, hunt: Hunt): Promise<Found> {
  const { until, notes, watched } = hunt
  const why = agent === undefined ? 'only the outside of the target was seen' : await whyNot(agent, watched)
  if (agent === undefined || why !== undefined) {
    notes.push(`no code can be named: ${why}`)
    return {}
  }
  const found: { -readonly [Key in keyof Found]: Found[Key] } = {}
  try {
    until.throwIfAborted()
    found.allocation = await trackAllocations(agent, hunt)
    until.throwIfAborted()
    const { isOnHeap, note } = suspicionOf(watched.verdict)
    if (note !== undefined) notes.push(note)
    if (isOnHeap) await lookCloser(agent, hunt, found, found.allocation)
    else if (hunt.options.keepIn !== undefined) notes.push('no snapshots were taken: what is on the heap stands still')
  } catch (error) {
    if (!until.aborted) notes.push(`it was not looked any further: ${error instanceof Error ? error.message : error}`)
  }
  return found
}

async function lookCloser(
  agent: TargetAgent,
  hunt: Hunt,
  found: { -readonly [Key in keyof Found]: Found[Key] },
  allocation: AllocationTracking,
): Promise<void> {
  const { until, options, notes } = hunt
  found.sites = await findSites(agent, hunt, allocation)
  until.throwIfAborted()
  if (options.snapshots === false) return
  const kept = await compareSnapshots(agent, { ...options, makeRequests: requestMaker(hunt), signal: until })
  if (typeof kept === 'string') notes.push(`no heap snapshots were compared: ${kept}`)
  else found.kept = kept
}

/** Bytes of one process and requests of all of them have nothing to do with each other. */
async function whyNot(agent: TargetAgent, { requests }: Pick<Watched, 'requests'>): Promise<string | undefined> {
  const others = await agent.countOthers().catch(() => agent.others)
  if (requests === 0) return 'no request has ended, so that there is nothing to divide by'
  if (others === 0) return undefined
  return `${others} other ${others === 1 ? 'process answers' : 'processes answer'} requests too; start the target with one alone`
}

function endText({ code, signal }: TargetExit, outputTail: string): string {
  const said = outputTail === '' ? '' : `; the last it said: ${outputTail}`
  return `the target ended with ${signal ?? code} while it was driven${said}`
}

async function trackAllocations(agent: TargetAgent, hunt: Hunt): Promise<AllocationTracking> {
  await using sampling = await sample(agent, { intervalBytes: ALL_INTERVAL_BYTES, withGarbage: true })
  await agent.sample()
  const requests = await drive(hunt, { step: 'allocations', durationNs: hunt.times.samplingNs })
  const { pauses, fromNs, atNs } = await agent.sample()
  const profile = await sampling.profile()
  return {
    bytesPerRequest: allocatedPerRequest(profile, requests),
    gcShareRatio: pauses.reduce((sum, { durationNs }) => sum + durationNs, 0) / (atNs - fromNs),
    sites: await allocatingSites(profile, requests, hunt.places),
  }
}

/** Nobody asks at either end, so that nothing is under way; what a cache has let go of is not there at the second one. */
async function findSites(
  agent: TargetAgent,
  hunt: Hunt,
  allocation: AllocationTracking,
): Promise<readonly AllocationSite[]> {
  const wish = { step: 'survivors', durationNs: hunt.times.samplingNs } as const
  await using sampling = await sample(agent, { intervalBytes: intervalFor(hunt, allocation) })
  await drive(hunt, wish)
  const before = await sampling.profile()
  const requests = await drive(hunt, wish)
  const after = await sampling.profile()
  const sites = await growingSites(before, after, requests, hunt.places)
  const shareLeftOut =
    after.otherBytes /
    Math.max(
      1,
      after.stacks.reduce((sum, { bytes }) => sum + bytes, after.otherBytes),
    )
  if (shareLeftOut > MUCH_RATIO) {
    hunt.notes.push(
      `${Math.round(100 * shareLeftOut)} % of what stays is of so many stacks that they are not told apart`,
    )
  }
  if (sites.length === 0) hunt.notes.push('no code was seen whose objects become ever more')
  return sites
}

/** As fine as what is allocated each second allows. */
function intervalFor({ watched }: Hunt, { bytesPerRequest }: AllocationTracking): number {
  const bytesPerSec = bytesPerRequest.value * perSecOf(watched)
  return Math.round(Math.min(COARSEST_BYTES, Math.max(FINEST_BYTES, bytesPerSec / MOST_NOTED_PER_SEC)))
}

function perSecOf({ requests, durationNs }: Pick<Watched, 'requests' | 'durationNs'>): number {
  return (NS_PER_SEC * requests) / durationNs
}

interface Sampling extends AsyncDisposable {
  readonly profile: () => Promise<AllocationProfile>
}

/** The profiler runs until its scope ends, whatever happens there; never while snapshots are taken. */
async function sample(agent: TargetAgent, wish: Parameters<TargetAgent['startAllocations']>[0]): Promise<Sampling> {
  await agent.startAllocations(wish)
  return {
    profile: async () => await agent.allocations(),
    [Symbol.asyncDispose]: async () => await agent.stopAllocations().catch(() => undefined),
  }
}

function requestMaker(hunt: Hunt): () => Promise<number> {
  const { watched, times } = hunt
  const wishedNs = (NS_PER_SEC * REQUESTS_A_SNAPSHOT) / perSecOf(watched)
  const durationNs = Math.min(times.samplingNs, Math.max(SHORTEST_STEP_NS, wishedNs))
  return async () => await drive(hunt, { step: 'snapshots', durationNs, clients: SNAPSHOT_CLIENTS })
}

/** @returns how many requests have ended; 1 of none, so that it can be divided by */
async function drive({ options, until, notes }: Hunt, wish: LoadWish): Promise<number> {
  until.throwIfAborted()
  const load = options.load(wish)
  await load.run(until)
  if (load.result.finished === 0) notes.push(`while it was driven for its ${wish.step}, no request has ended`)
  return Math.max(1, load.result.finished)
}

/** Told where nothing was seen before: a target that ends later is a part of what was found. */
function endedTooEarly(): PerfKitError {
  return new PerfKitError('TARGET_NOT_STARTED', 'the target ended before it was driven', {
    remedy: 'Start it by hand to see why.',
  })
}
