import type { z } from 'zod'
import { lazySchema } from '../run/index.ts'

export const VERDICT_STATES = ['passed', 'regressed', 'improved', 'inconclusive'] as const

export const verdictSchema = lazySchema((z) =>
  z
    .strictObject({
      subject: z.string().min(1),
      metric: z.string().min(1),
      unit: z.enum(['ns', 'bytes', 'perSec', 'ratio', 'count']),
      better: z.enum(['lower', 'higher']),
      state: z.enum(VERDICT_STATES),
      gates: z.boolean().describe('whether this verdict may fail a build: the metric gates and the comparison does'),
      baselineValue: z.number().describe('median'),
      candidateValue: z.number().describe('median'),
      effectRatio: z.number().describe('candidate / baseline − 1, from the Hodges–Lehmann estimate on a log scale'),
      low: z
        .number()
        .nullable()
        .describe('lower end of the interval around effectRatio; null: too few samples for one'),
      high: z.number().nullable(),
      coverageRatio: z.number().nullable().describe('the coverage that the interval really has'),
      test: z.enum(['signed-rank', 'rank-sum', 'none']),
      pValues: z
        .strictObject({
          worse: z.number().nullable().describe('chance of such evidence if the candidate were no worse'),
          better: z.number().nullable().describe('… if it were no better'),
          withinMargin: z.number().nullable().describe('… if it were worse by the non-inferiority margin or more'),
        })
        .describe('one-sided; worse and better of pairs are adjusted for the number of metrics (Holm)'),
      thresholdRatio: z.number().positive().describe('smallest change that counts as one'),
      sampleCounts: z.strictObject({ baseline: z.int().nonnegative(), candidate: z.int().nonnegative() }),
      reason: z.string().min(1).describe('one sentence for people'),
    })
    .describe('What became of one metric, with the numbers that decided it.'),
)

export type Verdict = z.infer<ReturnType<typeof verdictSchema>>
export type VerdictState = (typeof VERDICT_STATES)[number]

/** `unjudged`: no gating verdict at all, which is neither good nor bad news. */
export type OverallState = VerdictState | 'unjudged'

/** Bad news first: one regression outweighs any number of doubts, and a doubt any number of passes. */
const PRECEDENCE: readonly VerdictState[] = ['regressed', 'inconclusive', 'improved', 'passed']

/** One state out of many verdicts; only those that gate count. */
export function overallState(verdicts: Iterable<Pick<Verdict, 'state' | 'gates'>>): OverallState {
  const seen = new Set<VerdictState>()
  for (const { state, gates } of verdicts) if (gates) seen.add(state)
  return PRECEDENCE.find((state) => seen.has(state)) ?? 'unjudged'
}
