import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { z } from 'zod'
import { didYouMean, PerfKitError } from '../errors/index.ts'
import { lazySchema } from '../run/index.ts'
import { parseDurationNs } from '../units/index.ts'
import { importTypeScript } from './import-typescript.ts'

const FOLDER = 'soak'
const FILE = /^(.+)\.soak\.m?[jt]s$/
const DEFAULT_ORDER = 100

const duration = lazySchema((z) =>
  z.string().transform((text, context) => {
    const ns = parseDurationNs(text)
    if (ns !== undefined) return ns
    context.addIssue({ code: 'custom', message: `"${text}" is no duration; write it like "250ms", "30s" or "1h30m"` })
    return z.NEVER
  }),
)

const stageSchema = lazySchema((z) =>
  z
    .strictObject({
      clients: z.int().nonnegative().optional(),
      rate: z.number().nonnegative().optional(),
      for: duration(),
    })
    .refine(({ clients, rate }) => (clients === undefined) !== (rate === undefined), {
      error: 'a stage has clients or a rate',
    }),
)

const scenarioSchema = lazySchema((z) =>
  z
    .strictObject({
      about: z.string().min(1),
      order: z.number().default(DEFAULT_ORDER),
      clients: z.int().min(1).optional(),
      rate: z.number().gt(0).optional(),
      cycle: z.array(stageSchema()).min(1).optional(),
      spike: z.string().min(1).optional(),
      think: duration().optional(),
      timeout: duration().optional(),
      mcp: z
        .strictObject({
          call: z.string().min(1).optional(),
          arguments: z.record(z.string(), z.unknown()).optional(),
          mix: z.string().min(1).optional(),
          sessionRequests: z.int().min(1).optional(),
          progress: z.boolean().optional(),
          subscribe: z.array(z.string().min(1)).min(1).optional(),
        })
        .optional(),
      targetArguments: z.array(z.string()).default([]),
    })
    .refine(({ clients, rate, cycle }) => [clients, rate, cycle].filter((level) => level !== undefined).length === 1, {
      error: 'a scenario has one level: give clients, rate or cycle',
    })
    .refine(({ cycle = [] }) => new Set(cycle.map(({ rate }) => rate === undefined)).size <= 1, {
      error: 'all stages of a cycle are of clients, or all of rates',
    })
    .refine(({ cycle = [] }) => cycle.length === 0 || cycle.some(({ clients = 0, rate = 0 }) => clients + rate > 0), {
      error: 'some stage of a cycle needs clients, or a rate',
    }),
)

export type SoakFileScenario = z.output<ReturnType<typeof scenarioSchema>>

/** A scenario by the name of its file. */
export interface NamedScenario {
  readonly name: string
  readonly scenario: SoakFileScenario
}

/**
 * The scenarios of a project, in their order: all in `soak/`, or those that are named.
 *
 * @throws {PerfKitError} `NO_SUCH_SCENARIO`, `SOAK_FILE_INVALID`
 */
export async function readSoakFiles(rootDirectory: string, names: readonly string[]): Promise<NamedScenario[]> {
  const folder = join(rootDirectory, FOLDER)
  const files = await filesIn(folder)
  const unknown = names.find((name) => !files.has(name))
  if (files.size === 0 || unknown !== undefined) throw noSuch(folder, unknown, [...files.keys()])
  const wanted = names.length === 0 ? [...files.keys()] : [...new Set(names)]
  const read = await Promise.all(
    wanted.map(async (name) => ({ name, scenario: await readScenario(join(folder, files.get(name) ?? name)) })),
  )
  // Those that are named come as they are named.
  if (names.length > 0) return read
  return read.toSorted((left, right) => left.scenario.order - right.scenario.order || (left.name < right.name ? -1 : 1))
}

async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = await readdir(folder).catch(() => [])
  return new Map(
    found.toSorted().flatMap((file): [string, string][] => {
      const name = FILE.exec(file)?.[1]
      return name === undefined ? [] : [[name, file]]
    }),
  )
}

async function readScenario(file: string): Promise<SoakFileScenario> {
  const module = await importTypeScript(file).catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw invalid(file, `cannot be loaded: ${message}`, `Run \`node ${file}\` to see the whole error.`, cause)
  })
  const value = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
  if (value === undefined) {
    throw invalid(file, 'has no default export', 'Write `export default defineSoak({ … })`.')
  }
  const parsed = scenarioSchema().safeParse(value)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`)
  throw invalid(
    file,
    `is no scenario: ${problems.join('; ')}`,
    'Mend that; docs/soak.md tells what a scenario may say.',
  )
}

function noSuch(folder: string, name: string | undefined, known: readonly string[]): PerfKitError {
  if (name === undefined || known.length === 0) {
    return new PerfKitError('NO_SUCH_SCENARIO', `there is no scenario in ${folder}`, {
      where: folder,
      remedy: `Write a ${basename(folder)}/<name>.soak.ts (docs/soak.md shows one), or give --url.`,
    })
  }
  return new PerfKitError('NO_SUCH_SCENARIO', `there is no scenario "${name}"${didYouMean(name, known)}`, {
    where: folder,
    remedy: `There are ${known.join(', ')}.`,
  })
}

function invalid(file: string, problem: string, remedy: string, cause?: unknown): PerfKitError {
  return new PerfKitError('SOAK_FILE_INVALID', `${file} ${problem}`, {
    where: file,
    remedy,
    ...(cause === undefined ? {} : { cause }),
  })
}
