import { PerfKitError } from '../errors/index.ts'

/** One value of a parameter that is swept over. */
export interface SweepValue {
  /** in the parameter's unit */
  readonly value: number
  /** as it was written, and is given to a target: `10kB` */
  readonly text: string
}

/** What is changed from one measurement to the next. */
export interface SweepParameter {
  readonly name: string
  /** `bytes` for what is as long as that; `count` for what there are so many of */
  readonly unit: 'count' | 'bytes'
  readonly values: readonly SweepValue[]
}

/**
 * The same with its values in ascending order.
 *
 * @throws {PerfKitError} `LOAD_INVALID` for fewer than two values, one that is there twice, or one that is nothing
 */
export function checkedParameter({ name, unit, values }: SweepParameter): SweepParameter {
  const ascending = values.toSorted((left, right) => left.value - right.value)
  const bad = ascending.find(({ value }) => !(value > 0) || !Number.isFinite(value))
  if (bad !== undefined) throw invalid(`${name}=${bad.text} is nothing to measure`, 'Give values above 0.')
  const twice = ascending.find(({ value }, index) => value === ascending[index - 1]?.value)
  if (twice !== undefined) {
    throw invalid(
      `the value ${twice.text} of ${name} is there twice`,
      'Give it once; --rounds says how often each value is measured.',
    )
  }
  if (ascending.length < 2) {
    throw invalid(
      `${name} has ${ascending.length === 0 ? 'no value' : 'one value'}: a sweep goes from one to another`,
      `Give two values or more, such as --sweep ${name}=1,2,4,8; three show a curve, and six whether it fits.`,
    )
  }
  return { name, unit, values: ascending }
}

function invalid(message: string, remedy: string): PerfKitError {
  return new PerfKitError('LOAD_INVALID', message, { remedy })
}
