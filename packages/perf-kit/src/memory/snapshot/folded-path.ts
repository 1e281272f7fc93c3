/** Stands for what was left out. */
export const GAP = '…'
/** Of what refers to itself in turns: a closure, its variables, a list, and the next closure. */
const LONGEST_CYCLE = 4

/**
 * A path with what repeats in it written once: `Object.next` again and again is one way to be kept, however long the list is.
 *
 * @param path - steps from a root; not mutated
 */
export function foldedPath(path: readonly string[]): readonly string[] {
  const folded: string[] = []
  for (let at = 0; at < path.length; ) {
    const cycle = cycleAt(path, at)
    if (cycle === undefined) {
      folded.push(path[at] ?? '')
      at++
    } else {
      folded.push(...cycle, GAP)
      at = behind(path, at, cycle)
    }
  }
  return folded.filter((step, index) => step !== GAP || folded[index - 1] !== GAP)
}

/** The shortest row of steps that comes twice from there on. */
function cycleAt(path: readonly string[], at: number): readonly string[] | undefined {
  for (let length = 1; length <= LONGEST_CYCLE; length++) {
    const cycle = path.slice(at, at + length)
    if (cycle[0] !== GAP && isThere(path, at + length, cycle)) return cycle
  }
  return undefined
}

/** Where it has ended; a gap in it is part of it. */
function behind(path: readonly string[], from: number, cycle: readonly string[]): number {
  let at = from
  for (;;) {
    if (isThere(path, at, cycle)) at += cycle.length
    else if (path[at] === GAP) at++
    else return at
  }
}

function isThere(path: readonly string[], at: number, cycle: readonly string[]): boolean {
  return at + cycle.length <= path.length && cycle.every((step, index) => step === path[at + index])
}
