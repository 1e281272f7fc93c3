import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { writeFileAtomically } from '../baseline/index.ts'
import { PerfKitError } from '../errors/index.ts'
import { foldersIn } from '../soak/index.ts'
import type { SoakFlags } from './soak-flags.ts'
import { hasRecorded } from './soak-one.ts'
import { OF_URL } from './soak-plans.ts'

const FILE = 'session.json'
const VERSION = 1
const ELSEWHERE = 'give --record another folder'
/** What they say is a secret now and then, and belongs on no disk; a mix may have arguments. */
const SECRET = ['header', 'body', 'arguments', 'mix'] as const

/** What was asked for, so that it can be gone on with. */
export interface SoakSession {
  readonly v: number
  readonly names: readonly string[]
  readonly flags: SoakFlags
  /** flags that are not kept */
  readonly withheld: readonly string[]
  /** whether all has come to its end */
  readonly isOver: boolean
}

export interface PlacedSession {
  readonly folder: string
  readonly session: SoakSession
}

export function recordsFolder(rootDirectory: string, { record }: SoakFlags): string {
  return record === undefined ? join(rootDirectory, '.perf-kit', 'soak') : resolve(record)
}

/** A folder for a new one, by the time at which it begins. */
export async function beginSession(
  records: string,
  names: readonly string[],
  flags: SoakFlags,
): Promise<PlacedSession> {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  const folder = join(records, `${stamp}-${randomBytes(2).toString('hex')}`)
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new PerfKitError('STORE_UNWRITABLE', `${folder} cannot be made: ${String(cause)}`, {
      where: folder,
      cause,
      remedy: `Free some space, or ${ELSEWHERE}.`,
    })
  })
  const withheld = SECRET.filter((key) => flags[key] !== undefined)
  const kept = Object.fromEntries(Object.entries(flags).filter(([key]) => !withheld.some((secret) => secret === key)))
  const session: SoakSession = { v: VERSION, names, flags: kept, withheld, isOver: false }
  await writeSession(folder, session)
  return { folder, session }
}

export async function writeSession(folder: string, session: SoakSession): Promise<void> {
  await writeFileAtomically(join(folder, FILE), `${JSON.stringify(session, undefined, 2)}\n`, ELSEWHERE)
}

/**
 * The one that is to be gone on with: of a folder, or the last that did not come to its end.
 *
 * @throws {PerfKitError} `SOAK_RECORD_INVALID`
 */
export async function findSession(records: string, resume: string | true): Promise<PlacedSession> {
  if (resume !== true) {
    const folder = resolve(resume)
    const session = await readSession(folder)
    if (session === undefined) throw invalid(folder, 'is no folder of a soak')
    if (session.isOver) throw invalid(folder, 'has come to its end')
    return { folder, session }
  }
  for (const folder of (await foldersIn(records)).toReversed()) {
    const session = await readSession(folder)
    if (session !== undefined && !session.isOver && (await hasBegun({ folder, session }))) {
      return { folder, session }
    }
  }
  throw invalid(records, 'has no soak that did not come to its end')
}

/** The command that goes on with it, from where this one was given. */
export function howToGoOn(folder: string, { withheld }: SoakSession, { config }: SoakFlags): string {
  const words = [
    `perf-kit soak --resume ${relative(process.cwd(), folder)}`,
    ...(config === undefined ? [] : [`--config ${config}`]),
  ]
  const again = withheld.length === 0 ? '' : ` (and ${withheld.map((key) => `--${key}`).join(', ')} as before)`
  return `go on with it: ${words.join(' ')}${again}\n`
}

/** Flags of the session, and of those that go on with it what may change. */
export function resumedFlags({ session, folder }: PlacedSession, flags: SoakFlags): SoakFlags {
  const missing = session.withheld.filter((key) => !Object.hasOwn(flags, key))
  if (missing.length > 0) {
    const words = missing.map((key) => `--${key}`).join(', ')
    throw new PerfKitError('LOAD_INVALID', `the soak in ${folder} was begun with ${words}, which is not kept`, {
      remedy: `Give ${words} as before: it may be a secret, and is on no disk.`,
    })
  }
  const { resume: _, record: __, ...given } = flags
  return { ...session.flags, ...given }
}

/** One whose target could not be started has nothing to go on with. */
export async function hasBegun({ folder, session: { names } }: PlacedSession): Promise<boolean> {
  const records = names.length === 0 ? [OF_URL] : names
  for (const name of records) if (await hasRecorded(join(folder, name))) return true
  return false
}

async function readSession(folder: string): Promise<SoakSession | undefined> {
  const text = await readFile(join(folder, FILE), 'utf8').catch(() => '')
  try {
    const value: unknown = JSON.parse(text)
    return isSession(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isSession(value: unknown): value is SoakSession {
  return typeof value === 'object' && value !== null && 'v' in value && value.v === VERSION && 'flags' in value
}

function invalid(folder: string, problem: string): PerfKitError {
  return new PerfKitError('SOAK_RECORD_INVALID', `${folder} ${problem}`, {
    where: folder,
    remedy: 'Begin a new one, or name the folder of one that was interrupted.',
  })
}
