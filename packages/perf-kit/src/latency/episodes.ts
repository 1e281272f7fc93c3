interface InTime {
  readonly intendedNs: number
  readonly endNs: number
}

/**
 * Requests that were under way at the same time, in groups: what slowed one may have slowed the others, so that a group is one
 * observation and not many.
 *
 * @returns groups in the order of time; no request of one overlaps a request of another
 */
export function episodesOf<Request extends InTime>(requests: readonly Request[]): Request[][] {
  const episodes: Request[][] = []
  let untilNs = Number.NEGATIVE_INFINITY
  for (const request of requests.toSorted((left, right) => left.intendedNs - right.intendedNs)) {
    const current = episodes.at(-1)
    if (current === undefined || request.intendedNs > untilNs) episodes.push([request])
    else current.push(request)
    untilNs = Math.max(untilNs, request.endNs)
  }
  return episodes
}
