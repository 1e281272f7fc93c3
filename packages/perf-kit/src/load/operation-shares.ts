/** One of several things that a load asks, and how often it is drawn: in proportion to the weights of the others. */
export interface Weighted {
  /** above 0; default 1 */
  readonly weight?: number
  /** in reports; by default it tells what is asked */
  readonly name?: string
}

/** An operation of a load, as reports tell of it. */
export interface OperationShare {
  /** no other operation of the plan has it */
  readonly name: string
  /** of all operations; they add up to 1 */
  readonly shareRatio: number
}

/** Each has distributions of its own in each thread, and a metric of each in the Run. */
const MOST_OPERATIONS = 50

/**
 * Checked with `shareProblems` before.
 *
 * @param nameOf - its name when it has none of its own
 */
export function withShares<Operation extends Weighted>(
  listed: readonly Operation[],
  nameOf: (operation: Operation) => string,
): (OperationShare & { readonly operation: Operation })[] {
  const total = listed.reduce((sum, { weight = 1 }) => sum + weight, 0)
  const names = new Set<string>()
  return listed.map((operation) => {
    const { weight = 1, name = nameOf(operation) } = operation
    const own = unusedName(name, names)
    names.add(own)
    return { operation, name: own, shareRatio: weight / total }
  })
}

/**
 * All that is wrong with a list of operations.
 *
 * @param what - one of them: `an operation`
 */
export function shareProblems<Operation extends Weighted>(
  listed: readonly Operation[],
  nameOf: (operation: Operation) => string,
  what: { readonly one: string; readonly many: string },
): string[] {
  if (listed.length === 0) return [`a mix needs ${what.one}`]
  if (listed.length > MOST_OPERATIONS) return [`a mix may have ${MOST_OPERATIONS} ${what.many} at most`]
  return listed.flatMap((operation) => {
    const { weight = 1, name = nameOf(operation) } = operation
    return weight > 0 && Number.isFinite(weight)
      ? []
      : [`the weight of ${name} must be a number above 0, and is ${weight}`]
  })
}

/** `tools/call echo`, or `GET /a 80 %, ping 20 %`: the same for two mixes that ask the same. */
export function describeShares(operations: readonly OperationShare[]): string {
  const [only] = operations
  if (only !== undefined && operations.length === 1) return only.name
  return operations.map(({ name, shareRatio }) => `${name} ${Number((100 * shareRatio).toPrecision(3))} %`).join(', ')
}

/** Two calls of one tool with different arguments are two operations. */
function unusedName(name: string, used: ReadonlySet<string>): string {
  if (!used.has(name)) return name
  for (let number = 2; ; number++) {
    const numbered = `${name} #${number}`
    if (!used.has(numbered)) return numbered
  }
}
