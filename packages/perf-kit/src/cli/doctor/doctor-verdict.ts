import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { lazySchema } from '../../run/index.ts'
import type { TargetExit } from '../../target/index.ts'
import { VERDICT_FILE } from './clinic-doctor.ts'

/** `none`, `performance`, or `data` where it had too little of it. */
const issueSchema = lazySchema((z) => z.string())

/** How the target ended, whoever ended it. */
const exitSchema = lazySchema((z) => z.object({ code: z.number().nullable(), signal: z.string().nullable() }))

const verdictSchema = lazySchema((z) =>
  z.union([
    z.object({
      exit: exitSchema().optional(),
      verdict: z.object({
        issueCategory: z.string(),
        issues: z.object({
          delay: issueSchema(),
          cpu: issueSchema(),
          handles: issueSchema(),
          loopUtilization: issueSchema().optional(),
          memory: z.object({
            external: issueSchema(),
            rss: issueSchema(),
            heapTotal: issueSchema(),
            heapUsed: issueSchema(),
          }),
        }),
      }),
    }),
    z.object({ exit: exitSchema().optional(), problem: z.string() }),
  ]),
)

export type DoctorVerdict = Extract<z.infer<ReturnType<typeof verdictSchema>>, { verdict: unknown }>['verdict']

/** What each of its categories means, in its own words. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['gc', 'a potential garbage collection issue'],
  ['event-loop', 'a potential event loop issue'],
  ['io', 'a potential I/O issue'],
  ['none', 'no issue'],
  ['data', 'too little data'],
  ['unknown', 'an issue that it cannot name'],
])

export interface DoctorWord {
  /** or why it has none */
  readonly verdict: DoctorVerdict | string
  /** of the target, where that is known */
  readonly exit?: TargetExit | undefined
}

/** An earlier one is none of this time. */
export async function removeVerdict(folder: string): Promise<void> {
  await rm(join(folder, VERDICT_FILE), { force: true })
}

/** What Doctor has said, or why it has said nothing. */
export async function readVerdict(folder: string): Promise<DoctorWord> {
  const text = await readFile(join(folder, VERDICT_FILE), 'utf8').catch(() => undefined)
  if (text === undefined) return { verdict: 'it was ended before it had looked at what it had collected' }
  const told = verdictSchema().safeParse(parsed(text))
  if (!told.success) return { verdict: 'what it says is no verdict that is known here' }
  const { exit } = told.data
  return { verdict: 'problem' in told.data ? told.data.problem : told.data.verdict, exit }
}

/** `io: a potential I/O issue (cpu, memory)` */
export function verdictWords({ issueCategory, issues }: DoctorVerdict): string {
  const { memory, ...others } = issues
  const parts = Object.entries({ ...others, ...memory }).filter(([, issue]) => issue !== undefined && issue !== 'none')
  const seen = parts.map(([name, issue]) => (issue === 'performance' ? name : `${name}: ${issue}`))
  const meaning = MEANINGS.get(issueCategory)
  return `${issueCategory}${meaning === undefined ? '' : `, ${meaning}`}${seen.length === 0 ? '' : ` (${seen.join(', ')})`}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
