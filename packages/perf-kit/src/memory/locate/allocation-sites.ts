import type { AllocationFrame, AllocationProfile, AllocationSums } from '../../target/index.ts'
import { type CodePlace, type CodePlaces, isOwnCode, isProgram } from './code-places.ts'

/** An amount for each request, with its interval of 95 %. */
export interface PerRequest {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Code that allocates; of several, the program's own comes first. */
export interface AllocationSite {
  /** the innermost function of the program itself; where there is none, of a package or of Node */
  readonly place: CodePlace
  readonly isOwn: boolean
  /** Node's or a package's function that it called, and that has allocated: absent where it did so itself */
  readonly through?: CodePlace
  /** of the program, those that called it, the nearest first */
  readonly callers: readonly CodePlace[]
  readonly bytesPerRequest: PerRequest
}

/** Fewer objects that were noted tell nothing. */
const FEWEST_NOTED = 8
/** Of 95 %, on either side. */
const NORMAL_QUANTILE = 1.96
const MOST_SITES = 5
const MOST_CALLERS = 4

/** What code has allocated between two profiles that is still there, and by how much it has become more: that of a full cache does not. */
export async function growingSites(
  before: AllocationProfile,
  after: AllocationProfile,
  requests: number,
  places: CodePlaces,
): Promise<readonly AllocationSite[]> {
  const earlier = groupsOf(before)
  return await sitesOf(
    [...groupsOf(after)].map(([key, group]) => ({ group, growth: growthOf(group, earlier.get(key)) })),
    requests,
    places,
  )
}

/** What code has allocated since the profiler was started. */
export async function allocatingSites(
  profile: AllocationProfile,
  requests: number,
  places: CodePlaces,
): Promise<readonly AllocationSite[]> {
  const groups = [...groupsOf(profile).values()]
  return await sitesOf(
    groups.map((group) => ({ group, growth: group.all })),
    requests,
    places,
  )
}

/** All of them together. */
export function allocatedPerRequest({ stacks, otherBytes }: AllocationProfile, requests: number): PerRequest {
  const all = none()
  for (const stack of stacks) add(all, stack)
  return perRequest({ ...all, bytes: all.bytes + otherBytes }, requests)
}

type Sums = { -readonly [Key in keyof AllocationSums]: number }

interface Group {
  /** of the stack that has most bytes among them, the innermost first */
  readonly frames: readonly AllocationFrame[]
  readonly all: Sums
  readonly newer: Sums
}

/** By the place that is told: what it called, and who called it, may differ. */
function groupsOf({ stacks, frames: table }: AllocationProfile): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>()
  for (const stack of stacks) {
    const frames = stack.frames.flatMap((number) => table[number] ?? [])
    const key = keyOf(frames[placeIn(frames)])
    // Stacks come with those first that have most bytes.
    const group = groups.get(key) ?? { frames, all: none(), newer: none() }
    add(group.all, stack)
    add(group.newer, stack.newer)
    groups.set(key, group)
  }
  return groups
}

/**
 * What has come, less what has gone. Lists and tables take more room than they need, twice as much at a time, and the larger one takes the place of the one
 * before: of a few seconds, both are left out.
 */
function growthOf({ all, newer }: Group, before: Group | undefined): AllocationSums {
  const earlier = before?.all ?? none()
  const gone = Math.max(0, earlier.bytes + newer.bytes - all.bytes)
  const goneVariance = Math.max(0, earlier.variance + newer.variance - all.variance)
  const replaced = gone >= lumpOf(earlier) ? lumpOf(earlier) : 0
  const grown = newer.bytes - gone
  return {
    ...newer,
    bytes: lumpOf(newer) > 0 ? grown - lumpOf(newer) + replaced : grown,
    variance: newer.variance + goneVariance,
  }
}

/** One object that is so much of all that there cannot be many like it. */
function lumpOf({ bytes, largest }: AllocationSums): number {
  return largest * FEWEST_NOTED > bytes ? largest : 0
}

interface Measured {
  readonly group: Group
  readonly growth: AllocationSums
}

async function sitesOf(
  measured: readonly Measured[],
  requests: number,
  places: CodePlaces,
): Promise<readonly AllocationSite[]> {
  const known = measured
    .filter(({ growth }) => growth.noted >= FEWEST_NOTED)
    .map(({ group, growth }) => ({ group, bytesPerRequest: perRequest(growth, requests) }))
    .filter(({ bytesPerRequest }) => bytesPerRequest.low > 0)
    .sort(byUse)
    .slice(0, MOST_SITES)
  return await Promise.all(
    known.map(async ({ group, bytesPerRequest }) => ({ ...(await describe(group, places)), bytesPerRequest })),
  )
}

interface Known {
  readonly group: Group
  readonly bytesPerRequest: PerRequest
}

/** What somebody can change first, then what there is most of. */
function byUse(left: Known, right: Known): number {
  const isOwn = ({ group: { frames } }: Known): number => Number(frames.some(isOwnCode))
  return isOwn(right) - isOwn(left) || right.bytesPerRequest.value - left.bytesPerRequest.value
}

async function describe({ frames }: Group, places: CodePlaces): Promise<Omit<AllocationSite, 'bytesPerRequest'>> {
  const at = placeIn(frames)
  const nowhere: AllocationFrame = { name: '', url: '', line: 0, column: 0 }
  const frame = frames[at] ?? nowhere
  const through = frames.slice(0, at).find(({ url, name }) => url !== '' || name !== '')
  const outer = frames.slice(at + 1).filter(isOwnCode)
  const callers = outer.filter((each, index) => keyOf(each) !== keyOf(outer[index - 1] ?? frame))
  return {
    place: await places.placeOf(frame),
    isOwn: isOwnCode(frame),
    ...(through === undefined ? {} : { through: await places.placeOf(through) }),
    callers: await Promise.all(callers.slice(0, MOST_CALLERS).map((each) => places.placeOf(each))),
  }
}

/** The innermost function that somebody can change. */
function placeIn(frames: readonly AllocationFrame[]): number {
  const own = frames.findIndex(isOwnCode)
  if (own >= 0) return own
  return Math.max(
    0,
    frames.findIndex(({ url }) => isProgram(url)),
  )
}

function perRequest({ bytes, variance }: AllocationSums, requests: number): PerRequest {
  const half = NORMAL_QUANTILE * Math.sqrt(variance)
  return { value: bytes / requests, low: (bytes - half) / requests, high: (bytes + half) / requests }
}

function keyOf(frame: AllocationFrame | undefined): string {
  return frame === undefined ? '' : `${frame.line}:${frame.column} ${frame.url} ${frame.name}`
}

function none(): Sums {
  return { noted: 0, bytes: 0, variance: 0, largest: 0 }
}

function add(sums: Sums, { noted, bytes, variance, largest }: AllocationSums): void {
  sums.noted += noted
  sums.bytes += bytes
  sums.variance += variance
  sums.largest = Math.max(sums.largest, largest)
}
