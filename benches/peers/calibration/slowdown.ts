import { readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SLOWDOWN_PLACES, type SlowdownPlace } from './subjects.ts'

/** How much work to put into each subject's code, in sixteenths of a step a call. */
export type SlowdownSteps = Readonly<Record<string, number>>

/**
 * Work that V8 can neither drop nor shorten: each step needs the one before, and the last value is kept. Sixteenths,
 * because a whole step of some 1.3 ns is too coarse for a function of 40 ns: some calls do one more than others.
 */
function burnSource(sixteenths: number): string {
  return `let calls = 0
let kept = 1

export function burn(): void {
  calls = (calls + 1) & 15
  const steps = ${Math.floor(sixteenths / 16)} + (calls < ${sixteenths % 16} ? 1 : 0)
  let value = kept
  for (let step = 0; step < steps; step++) value = (Math.imul(value, 1664525) + 1013904223) | 0
  kept = value
}
`
}

/** Puts calls of `burn` into a checkout, and changes later how much each of them does. */
export class Slowdown {
  readonly #root: string

  private constructor(root: string) {
    this.#root = root
  }

  /** @param root - a checkout of its own, never the working tree */
  static async into(root: string): Promise<Slowdown> {
    for (const [index, place] of SLOWDOWN_PLACES.entries()) await insertCall(root, place, index)
    return new Slowdown(root)
  }

  async set(steps: SlowdownSteps): Promise<void> {
    for (const [index, place] of SLOWDOWN_PLACES.entries()) {
      await writeFile(burnFile(this.#root, place, index), burnSource(Math.round(steps[place.subject] ?? 0)))
    }
  }
}

/** One file a place: its code, its type feedback and its last value belong to that subject alone. */
function burnFile(root: string, { file }: SlowdownPlace, index: number): string {
  return join(root, dirname(file), `burn-${index}.ts`)
}

async function insertCall(root: string, place: SlowdownPlace, index: number): Promise<void> {
  const path = join(root, place.file)
  const original = await readFile(path, 'utf8')
  if (original.split(place.before).length !== 2) {
    throw new Error(`${place.subject}: ${place.file} does not hold its place exactly once`)
  }
  const importLine = `import { burn as burn${index} } from './${basename(burnFile(root, place, index))}'\n`
  await writeFile(path, importLine + original.replace(place.before, `    burn${index}()\n${place.before}`))
}
