import { PerfKitError } from '../errors/index.ts'

/**
 * Refuses samples that no statistic can be honest about.
 *
 * @throws {PerfKitError} `EMPTY_SAMPLE` when there are no values, `NOT_FINITE` when one is NaN or infinite
 */
export function requireSample(values: readonly number[], name: string): void {
  if (values.length === 0) {
    throw new PerfKitError('EMPTY_SAMPLE', `${name} holds no values`, {
      remedy: `Measure at least one value of ${name}, or leave this statistic out when there is nothing to describe.`,
    })
  }
  const index = values.findIndex((value) => !Number.isFinite(value))
  if (index === -1) return
  throw new PerfKitError('NOT_FINITE', `${name}[${index}] is ${values[index]}, which is no measurement`, {
    remedy: `Find where ${name}[${index}] comes from (a division by zero, a logarithm of zero, a failed request?) and leave it out or fail the run.`,
  })
}

/** @throws {PerfKitError} as `requireSample`, and `OUT_OF_RANGE` unless x and y pair up and x varies */
export function requirePoints(xs: readonly number[], ys: readonly number[]): void {
  requireSample(xs, 'xs')
  requireSample(ys, 'ys')
  if (xs.length !== ys.length) {
    throw outOfRange(
      `${xs.length} xs do not pair with ${ys.length} ys`,
      'Give every point one x and one y, in the same order.',
    )
  }
  if (xs.some((x) => x !== xs[0])) return
  throw outOfRange(
    `${xs.length === 1 ? 'one point makes' : `${xs.length} points at one x make`} no line`,
    'Measure at two or more different x: other times, loads or iteration counts.',
  )
}

/** @throws {PerfKitError} `NOT_FINITE` when `value` is NaN or infinite */
export function requireFinite(value: number, name: string): void {
  if (Number.isFinite(value)) return
  throw new PerfKitError('NOT_FINITE', `${name} is ${value}`, { remedy: `Give ${name} a finite number.` })
}

/** @throws {PerfKitError} `OUT_OF_RANGE` unless 0 < ratio < 1: certainty and impossibility are no levels to test at */
export function requireOpenRatio(ratio: number, name: string): void {
  if (ratio > 0 && ratio < 1) return
  throw outOfRange(
    `${name} is ${ratio}, outside 0 < ${name} < 1`,
    `Give ${name} as a ratio between 0 and 1, both excluded: 0.95 for 95 %.`,
  )
}

export function outOfRange(message: string, remedy: string): PerfKitError {
  return new PerfKitError('OUT_OF_RANGE', message, { remedy })
}
