import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { z } from 'zod'
import { didYouMean, PerfKitError } from '../errors/index.ts'
import { importTypeScript } from './import-typescript.ts'
import { type TestConfig, testConfigSchema } from './test-config.ts'

const FILE_NAMES = ['perf-kit.config.ts', 'perf-kit.config.mts', 'perf-kit.config.js', 'perf-kit.config.mjs']

export interface LoadedConfig {
  readonly config: TestConfig
  /** the folder that the config's paths are relative to */
  readonly rootDirectory: string
  readonly file: string | undefined
}

/**
 * Load the project's configuration: the named file, else the nearest `perf-kit.config.*` upwards, else the defaults.
 *
 * @param directory - where the search begins
 * @param explicitFile - from `--config`; relative to `directory`
 * @throws {PerfKitError} `CONFIG_NOT_FOUND`, `CONFIG_UNREADABLE` (syntax, imports) or `CONFIG_INVALID` (all problems at once)
 */
export async function loadConfig(directory: string, explicitFile?: string): Promise<LoadedConfig> {
  const file = explicitFile === undefined ? findConfigFile(directory) : resolve(directory, explicitFile)
  if (file === undefined) return { config: testConfigSchema().parse({}), rootDirectory: directory, file }
  if (!existsSync(file)) {
    throw new PerfKitError('CONFIG_NOT_FOUND', `there is no config file ${file}`, {
      where: file,
      remedy: 'Name an existing file with --config, or leave the flag out.',
    })
  }
  const config = parseConfig(await importConfig(file), file)
  return { config, rootDirectory: dirname(file), file }
}

function findConfigFile(directory: string): string | undefined {
  for (const name of FILE_NAMES) {
    const candidate = join(directory, name)
    if (existsSync(candidate)) return candidate
  }
  const parent = dirname(directory)
  return parent === directory ? undefined : findConfigFile(parent)
}

async function importConfig(file: string): Promise<unknown> {
  let module: unknown
  try {
    module = await importTypeScript(file)
  } catch (cause) {
    const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    const where = `${file}${lineOf(cause, file)}`
    throw new PerfKitError('CONFIG_UNREADABLE', `${where} cannot be loaded: ${message}`, {
      where,
      cause,
      remedy: `Run \`node ${file}\` to see the whole error.`,
    })
  }
  const config = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
  if (config === undefined) {
    throw new PerfKitError('CONFIG_INVALID', `${file} has no default export`, {
      where: file,
      remedy: 'Write `export default defineConfig({ … })`.',
    })
  }
  return config
}

/** `:line`, from the head of a syntax error's stack or from its frames; V8 says none for some errors in JavaScript. */
function lineOf(cause: unknown, file: string): string {
  const stack = cause instanceof Error ? (cause.stack ?? '') : ''
  const start = stack.indexOf(file)
  return start < 0 ? '' : (/^:\d+/.exec(stack.slice(start + file.length))?.[0] ?? '')
}

function parseConfig(value: unknown, file: string): TestConfig {
  const parsed = testConfigSchema().safeParse(value)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `  ${describeIssue(issue)}`)
  throw new PerfKitError('CONFIG_INVALID', `${file} is not a usable configuration:\n${problems.join('\n')}`, {
    where: file,
    cause: parsed.error,
    remedy: 'Mend these keys; docs/configuration.md lists all of them.',
  })
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.')
  if (issue.code !== 'unrecognized_keys') return `${path === '' ? 'the config' : path}: ${issue.message}`
  const known = knownKeysAt(issue.path)
  return issue.keys
    .map((key) => `${[...issue.path, key].join('.')}: there is no such key${didYouMean(key, known)}`)
    .join('\n  ')
}

/** The keys that the schema knows at a path; none where it has no object. */
function knownKeysAt(path: readonly PropertyKey[]): string[] {
  let here: unknown = unwrapped(testConfigSchema())
  for (const key of path) here = unwrapped(shapeOf(here)[String(key)])
  return Object.keys(shapeOf(here))
}

/** A schema without what makes it optional or gives it a default. */
function unwrapped(schema: unknown): unknown {
  let here = schema
  while (typeof here === 'object' && here !== null && 'unwrap' in here && typeof here.unwrap === 'function')
    here = here.unwrap()
  return here
}

function shapeOf(schema: unknown): Record<string, unknown> {
  const hasShape = typeof schema === 'object' && schema !== null && 'shape' in schema
  return hasShape ? (schema.shape as Record<string, unknown>) : {}
}
