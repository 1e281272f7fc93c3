/**
 * Damerau–Levenshtein distance (optimal string alignment): insert, delete, replace or swap two neighbours.
 * Words are short (flags, keys, benchmark names), so the quadratic table is cheap.
 */
function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const replaceCost = left[row - 1] === right[column - 1] ? 0 : 1
      let cost = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + replaceCost,
      )
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1)
      current.push(cost)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.length] ?? 0
}

/** The known name nearest to a misspelt one, when it is near enough to be meant: at most a third of its letters off. */
function nearestName(misspelt: string, known: Iterable<string>): string | undefined {
  let nearest: { readonly name: string; readonly distance: number } | undefined
  for (const name of known) {
    const distance = editDistance(misspelt.toLowerCase(), name.toLowerCase())
    if (distance <= Math.max(1, Math.floor(name.length / 3)) && (!nearest || distance < nearest.distance)) {
      nearest = { name, distance }
    }
  }
  return nearest?.name
}

/** ` — did you mean "x"?`, or nothing. */
export function didYouMean(misspelt: string, known: Iterable<string>): string {
  const nearest = nearestName(misspelt, known)
  return nearest === undefined ? '' : ` — did you mean "${nearest}"?`
}
