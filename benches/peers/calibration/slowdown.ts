import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Snapshots } from '@gw/perf-kit'
import { SLOWDOWN_PLACES, type SlowdownPlace } from './subjects.ts'

const BASELINE_TURNS = 1

/** How many turns of the loop more each subject's code makes in a call, than the baseline's. */
export type SlowdownWork = Readonly<Record<string, number>>

/** The way it is put in, as records name it: records of another way are no evidence beside these. */
export const SLOWDOWN_MECHANISM = 'loop in both sides, one turn in the baseline, turns read from an array'

/**
 * Work that V8 can neither drop nor shorten: each turn, of two or three processor cycles, needs the one before, and the last
 * value is kept. It stands in the code itself and not in a function: one more call can keep V8 from inlining the function
 * that makes it. The number of turns lies in an array, because V8 takes a variable that nobody assigns for a constant: with
 * no turns it would drop the loop, and the two sides' code would not be laid out alike. For the same reason the baseline makes one
 * turn: V8 compiles no code for what it has never seen run.
 */
function loopOf(name: string): string {
  return `{
    let burnt = ${name}
    for (let turns = ${name}Turns[0]; turns > 0; turns--) burnt = (burnt ^ 1664525) + 1013904223 | 0
    ${name} = burnt
  }
`
}

/**
 * Puts the same loop into the code of all sides, and lets it turn more often in the candidate's: a few instructions more change
 * how V8 lays a short function out, which was seen to cost several per cent by itself, or to gain them.
 */
export class Slowdown {
  readonly #roots: Snapshots['roots']
  readonly #originals: ReadonlyMap<SlowdownPlace, string>

  private constructor(roots: Snapshots['roots'], originals: ReadonlyMap<SlowdownPlace, string>) {
    this.#roots = roots
    this.#originals = originals
  }

  /** @param roots - checkouts of their own, of the same commit; never the working tree */
  static async into(roots: Snapshots['roots']): Promise<Slowdown> {
    const originals = new Map<SlowdownPlace, string>()
    for (const place of SLOWDOWN_PLACES) {
      const original = await readFile(join(roots.candidate, place.file), 'utf8')
      if (original.split(place.before).length !== 2) {
        throw new Error(`${place.subject}: ${place.file} does not hold its place exactly once`)
      }
      originals.set(place, original)
    }
    return new Slowdown(roots, originals)
  }

  /** @param work - in the candidate, beyond the turn that all sides make */
  async set(work: SlowdownWork): Promise<void> {
    for (const [file, places] of Map.groupBy(this.#originals.keys(), (place) => place.file)) {
      const original = this.#originals.get(places[0] as SlowdownPlace) ?? ''
      for (const [side, root] of Object.entries(this.#roots)) {
        const turnsOf = ({ subject }: SlowdownPlace): number =>
          BASELINE_TURNS + (side === 'candidate' ? (work[subject] ?? 0) : 0)
        await writeFile(join(root, file), withLoops(original, places, turnsOf))
      }
    }
  }
}

function withLoops(
  original: string,
  places: readonly SlowdownPlace[],
  turnsOf: (place: SlowdownPlace) => number,
): string {
  let text = original
  for (const [index, place] of places.entries()) {
    const name = `burnt${index}`
    const declared = `let ${name} = 1\nconst ${name}Turns = Int32Array.of(${turnsOf(place)})\n`
    text = declared + text.replace(place.before, () => loopOf(name) + place.before)
  }
  return text
}
