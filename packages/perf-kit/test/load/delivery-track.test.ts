import { expect, it } from 'vitest'
import { DeliveryTrack } from '../../src/load/thread/delivery-track.ts'

const URI = 'load://a/1'

/** Arrivals by their numbers; each was published at the time of its number, or at the given one. */
function follow(track: DeliveryTrack, arrivals: readonly (number | readonly [number, number])[]): string[] {
  return arrivals.map((arrival) => {
    const [sequence, atNs] = typeof arrival === 'number' ? [arrival, arrival] : arrival
    const { kind, lost } = track.arrived(URI, { sequence, atNs }, true)
    return lost === 0 ? kind : `${kind} ${lost}`
  })
}

it('begins with what comes first, whatever was published before', () => {
  expect(follow(new DeliveryTrack(), [1_000_000, 1_000_001])).toEqual(['new', 'new'])
})

it('counts a gap as lost, until what was missing comes late', () => {
  expect(follow(new DeliveryTrack(), [1, 5, 3, 6, 4, 2])).toEqual([
    'new',
    'new 3',
    'late -1',
    'new',
    'late -1',
    'late -1',
  ])
})

it('takes nothing back that was missed when nothing was counted', () => {
  const track = new DeliveryTrack()
  const arrived = (sequence: number, isCounted: boolean) =>
    track.arrived(URI, { sequence, atNs: sequence }, isCounted).lost
  expect([arrived(1, false), arrived(4, false), arrived(2, false), arrived(3, true)]).toEqual([0, 0, 0, 0])
  expect([arrived(7, true), arrived(5, true), arrived(6, false)]).toEqual([2, -1, -1])
})

it('counts what comes again as twice, late or not', () => {
  expect(follow(new DeliveryTrack(), [1, 2, 2, 4, 3, 3])).toEqual(['new', 'new', 'twice', 'new 1', 'late -1', 'twice'])
})

it('takes a lower number that was published later for a publisher that has begun anew', () => {
  expect(follow(new DeliveryTrack(), [100, [1, 200], [2, 201], [2, 201], [4, 203]])).toEqual([
    'new',
    'new',
    'new',
    'twice',
    'new 1',
  ])
})

it('follows each resource by itself', () => {
  const track = new DeliveryTrack()
  follow(track, [1, 2])
  expect(track.arrived('load://a/2', { sequence: 9, atNs: 3 }, true)).toEqual({ kind: 'new', lost: 0 })
  expect(follow(track, [3])).toEqual(['new'])
})

it('remembers a thousand missing ones of a resource, the newest, however wide the gaps', () => {
  const track = new DeliveryTrack()
  expect(follow(track, [1, 1e12, 1e12 - 1000, 1e12 - 1001, 2e12, 1e12 - 999])).toEqual([
    'new',
    `new ${1e12 - 2}`,
    'late -1',
    'twice',
    `new ${1e12 - 1}`,
    'twice',
  ])
})
