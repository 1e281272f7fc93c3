import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SLOWDOWN_PLACES, type SlowdownPlace } from './subjects.ts'

/** How many operations to put into each subject's code, a call. */
export type SlowdownOperations = Readonly<Record<string, number>>

/** So many stand in a row before a loop repeats them: short code for much work, and few branches. */
const UNROLLED = 60

/**
 * Work that V8 can neither drop nor shorten: each operation, of one processor cycle, needs the one before, and the last
 * value is kept. It stands in a row and not in a loop of few turns: whether the processor guesses such a loop's end differs
 * from process to process, and costs as much as 50 operations. It stands in the code itself and not in a function, because
 * one more call can keep V8 from inlining the function that makes it.
 */
function work(operations: number, kept: string): string {
  const turns = Math.floor(operations / UNROLLED)
  const rest = Array.from({ length: operations % UNROLLED }, (_, index) => operation(index)).join('\n')
  const row = Array.from({ length: UNROLLED }, (_, index) => operation(index)).join('\n')
  const loop = turns === 0 ? '' : `for (let turn = 0; turn < ${turns}; turn++) {\n${row}\n}\n`
  return `{\nlet burnt = ${kept}\n${loop}${rest}\n${kept} = burnt\n}\n`
}

/** By turns, so that no two of them could be made one. */
function operation(index: number): string {
  return index % 2 === 0 ? 'burnt = (burnt + 1013904223) | 0' : 'burnt = burnt ^ 1664525'
}

/** Puts work into the code of a checkout, and changes later how much. */
export class Slowdown {
  readonly #root: string
  readonly #originals: ReadonlyMap<SlowdownPlace, string>

  private constructor(root: string, originals: ReadonlyMap<SlowdownPlace, string>) {
    this.#root = root
    this.#originals = originals
  }

  /** @param root - a checkout of its own, never the working tree */
  static async into(root: string): Promise<Slowdown> {
    const originals = new Map<SlowdownPlace, string>()
    for (const place of SLOWDOWN_PLACES) {
      const original = await readFile(join(root, place.file), 'utf8')
      if (original.split(place.before).length !== 2) {
        throw new Error(`${place.subject}: ${place.file} does not hold its place exactly once`)
      }
      originals.set(place, original)
    }
    return new Slowdown(root, originals)
  }

  async set(operations: SlowdownOperations): Promise<void> {
    for (const [file, places] of Map.groupBy(this.#originals.keys(), (place) => place.file)) {
      let text = places[0] === undefined ? '' : (this.#originals.get(places[0]) ?? '')
      const kept = places.map((_, index) => `let kept${index} = 1\n`).join('')
      for (const [index, place] of places.entries()) {
        const inserted = work(Math.round(operations[place.subject] ?? 0), `kept${index}`)
        text = text.replace(place.before, () => inserted + place.before)
      }
      await writeFile(join(this.#root, file), kept + text)
    }
  }
}
