import { pathToFileURL } from 'node:url'
import { types } from 'node:util'
import type { BenchDefinition, BenchRanges } from '../../config/index.ts'
import type { CaseSelector, ForkProblem } from './job.ts'

/** A benchmark file that cannot be used; carries what the parent shows to the user. */
export class BenchProblem extends Error {
  readonly problem: ForkProblem

  constructor(problem: ForkProblem) {
    super(problem.message)
    this.problem = problem
  }
}

const SHAPE_REMEDY =
  'Export a benchmark by default: `export default defineBench({ name, fn })`, or an array of them; see docs/bench.md.'

function invalid(file: string, message: string, remedy = SHAPE_REMEDY): BenchProblem {
  return new BenchProblem({ file, code: 'BENCH_FILE_INVALID', message, remedy })
}

/** Whatever a benchmark threw, in one line a person can use: the message, and the first line of its own code. */
export function describeThrown(thrown: unknown): string {
  try {
    return thrown instanceof Error ? describeError(thrown) : `threw ${printable(thrown)}, which is no Error`
  } catch {
    return 'threw something that throws when it is looked at'
  }
}

function describeError(thrown: Error): string {
  const ownLine = thrown.stack?.split('\n').find((line) => /\.bench\.[cm]?[jt]s:\d+/.test(line))
  return `${thrown.name}: ${thrown.message}${ownLine === undefined ? '' : ` (${ownLine.trim()})`}`
}

function printable(value: unknown): string {
  try {
    return typeof value === 'symbol' ? value.toString() : `${value}`
  } catch {
    return 'something that cannot be printed'
  }
}

const LOADING_REMEDY =
  'Run the file with node to see the whole error; imports of TypeScript files need their `.ts` ending.'

/** Bench files get no other loader than Node's own: what it adds to their code would be measured. */
const STRIPPING_REMEDY =
  'Node only strips types, and cannot do enums, parameter properties and namespaces: write `const Colour = { red: "red" } as const` for an enum, and assign properties in the constructor.'

function loadingRemedy(thrown: unknown): string {
  const isRefused =
    types.isNativeError(thrown) && 'code' in thrown && thrown.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
  return isRefused ? STRIPPING_REMEDY : LOADING_REMEDY
}

/** Import a bench file and check what it exports. */
export async function loadBenchFile(file: string): Promise<readonly BenchDefinition[]> {
  let module: { readonly default?: unknown }
  try {
    module = await import(pathToFileURL(file).href)
  } catch (thrown) {
    throw invalid(file, `cannot be loaded: ${describeThrown(thrown)}`, loadingRemedy(thrown))
  }
  const exported = module.default
  if (exported === undefined) throw invalid(file, 'has no default export, so it holds no benchmark')
  const definitions: readonly unknown[] = Array.isArray(exported) ? exported : [exported]
  if (definitions.length === 0) throw invalid(file, 'exports an empty array, so it holds no benchmark')
  return definitions.map((definition) => checkDefinition(file, definition))
}

function checkDefinition(file: string, definition: unknown): BenchDefinition {
  if (typeof definition !== 'object' || definition === null) {
    throw invalid(file, `exports ${printable(definition)}, which is no benchmark`)
  }
  const { name, args, setup, fn, teardown } = definition as Record<string, unknown>
  if (typeof name !== 'string' || !/^[\p{L}\p{N}][\p{L}\p{N} ._:+-]*$/u.test(name)) {
    throw invalid(file, `has a benchmark without a usable name (letters, digits and " ._:+-"): ${printable(name)}`)
  }
  if (typeof fn !== 'function') throw invalid(file, `benchmark "${name}" has no function \`fn\``)
  for (const [key, hook] of Object.entries({ setup, teardown })) {
    if (hook !== undefined && typeof hook !== 'function') {
      throw invalid(file, `benchmark "${name}": \`${key}\` is no function`)
    }
  }
  if (args !== undefined) checkRanges(file, name, args)
  return definition as BenchDefinition
}

function checkRanges(file: string, name: string, ranges: unknown): void {
  const remedy = 'Give each argument an array of strings, numbers or booleans: `args: { tools: [10, 1000] }`.'
  if (typeof ranges !== 'object' || ranges === null || Array.isArray(ranges)) {
    throw invalid(file, `benchmark "${name}": \`args\` is no object of ranges`, remedy)
  }
  for (const [key, values] of Object.entries(ranges)) {
    const usable =
      Array.isArray(values) &&
      values.length > 0 &&
      values.every((value) => ['string', 'boolean'].includes(typeof value) || Number.isFinite(value))
    if (!usable) throw invalid(file, `benchmark "${name}": argument "${key}" has no usable range`, remedy)
    if (new Set(values).size < values.length) {
      throw invalid(file, `benchmark "${name}": argument "${key}" holds a value twice`, remedy)
    }
  }
}

/** All combinations of one value a range, first range slowest. */
export function casesOf(ranges: BenchRanges | undefined): CaseSelector['args'][] {
  let cases: CaseSelector['args'][] = [{}]
  for (const [key, values] of Object.entries(ranges ?? {})) {
    cases = cases.flatMap((args) => values.map((value) => ({ ...args, [key]: value })))
  }
  return cases
}
