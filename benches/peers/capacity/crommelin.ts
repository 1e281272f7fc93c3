/** Arrivals of a Poisson process, one server, and each of them takes it the same time: M/D/1. */
export interface FixedQueue {
  readonly arrivalsPerSec: number
  readonly serviceNs: number
}

const NS_PER_SEC = 1e9
/** Poisson probabilities of a mean below 1 are nothing beyond. */
const BEYOND = 60
const BISECTIONS = 60
/** Closer to all of its time, a queue would not settle within a trial. */
const BUSIEST_RATIO = 0.9999

/**
 * How probable it is to wait so long at most, before being served, in the long run (Crommelin 1932). His sum has terms of either sign, which
 * cancel to nothing beyond some twenty service times; Franx (2001, Operations Research Letters 29, 221–229) writes the same with terms
 * that are all positive.
 */
function waitWithinRatio({ arrivalsPerSec, serviceNs }: FixedQueue, waitNs: number): number {
  const busyRatio = (arrivalsPerSec * serviceNs) / NS_PER_SEC
  const services = Math.floor(waitNs / serviceNs) + 1
  const restOfMean = (arrivalsPerSec * (services * serviceNs - waitNs)) / NS_PER_SEC
  const waitingAtMost = cumulated(presentRatios(busyRatio, services)).slice(1)
  let poisson = Math.exp(-restOfMean)
  let sum = 0
  for (let arrived = 0; arrived < services; arrived++) {
    sum += poisson * (waitingAtMost[services - 1 - arrived] ?? 0)
    poisson *= restOfMean / (arrived + 1)
  }
  return sum
}

/** @returns the rate at which a share of all takes longer than a limit, its own service included */
export function rateOfLimit(serviceNs: number, limitNs: number, beyondRatio: number): number {
  let [low, high] = [0, (BUSIEST_RATIO * NS_PER_SEC) / serviceNs]
  for (let step = 0; step < BISECTIONS; step++) {
    const arrivalsPerSec = (low + high) / 2
    const isKept = 1 - waitWithinRatio({ arrivalsPerSec, serviceNs }, limitNs - serviceNs) <= beyondRatio
    if (isKept) low = arrivalsPerSec
    else high = arrivalsPerSec
  }
  return low
}

/** The same by trying it out, with arrivals by chance: the share of so many that takes longer. */
export function simulatedBeyondRatio(
  { arrivalsPerSec, serviceNs }: FixedQueue,
  limitNs: number,
  count: number,
): number {
  const meanGapNs = NS_PER_SEC / arrivalsPerSec
  let waitNs = 0
  let beyond = 0
  for (let number = 0; number < count; number++) {
    if (waitNs + serviceNs > limitNs) beyond++
    waitNs = Math.max(0, waitNs + serviceNs + meanGapNs * Math.log(1 - Math.random()))
  }
  return beyond / count
}

/** How probable it is that 0, 1, … are there, the one that is served included; each from those before, and nothing is subtracted (Ramaswami 1988). */
function presentRatios(busyRatio: number, most: number): readonly number[] {
  const arrivals = [Math.exp(-busyRatio)]
  for (let count = 1; count < most + BEYOND; count++) {
    arrivals.push(((arrivals[count - 1] ?? 0) * busyRatio) / count)
  }
  // From the end, so that small ones are added first.
  const atLeast = cumulated(arrivals.toReversed()).toReversed()
  const present = [1 - busyRatio]
  for (let count = 1; count <= most; count++) {
    let sum = (present[0] ?? 0) * (atLeast[count] ?? 0)
    for (let before = 1; before < count; before++) sum += (present[before] ?? 0) * (atLeast[count + 1 - before] ?? 0)
    present.push(sum / (1 - (atLeast[1] ?? 0)))
  }
  return present
}

function cumulated(values: readonly number[]): readonly number[] {
  let sum = 0
  return values.map((value) => {
    sum += value
    return sum
  })
}
