import type { Run, Series } from '../../run/index.ts'

/** Series of all repetitions, one after the other, with a gap between them. */
export function poolSeries(runs: readonly Run[]): Series[] {
  const all = runs.flatMap(({ series = [] }) => series)
  const lengths = new Map<string, number>()
  for (const series of all) {
    const pace = paceOf(series)
    lengths.set(pace, Math.max(lengths.get(pace) ?? 0, series.values.length))
  }
  return distinct(all).map((series) => {
    const length = lengths.get(paceOf(series)) ?? 0
    const values = runs.flatMap((run, index) => {
      const own = run.series?.find((each) => isSame(each, series))?.values ?? []
      const gap = index === runs.length - 1 ? 0 : 1
      return [...own, ...Array.from({ length: length - own.length + gap }, () => null)]
    })
    return { ...series, values }
  })
}

/** A repetition is as long in all series of a subject, whenever they begin: charts of them stand below each other. */
function paceOf({ subject, everyNs }: Series): string {
  return JSON.stringify([subject, everyNs])
}

function distinct(all: readonly Series[]): Series[] {
  return all.filter((series, index) => all.findIndex((each) => isSame(each, series)) === index)
}

function isSame(left: Series, right: Series): boolean {
  return (
    left.subject === right.subject &&
    left.name === right.name &&
    left.fromNs === right.fromNs &&
    paceOf(left) === paceOf(right)
  )
}
