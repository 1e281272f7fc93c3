import type { z } from 'zod'
import { lazySchema } from '../run/index.ts'
import { verdictSchema } from './verdict.ts'

export const acceptanceSchema = lazySchema((z) =>
  z
    .strictObject({
      id: z.string().min(1),
      by: z.string().min(1).describe('who'),
      at: z.iso.datetime().describe('when'),
      reason: z.string().min(1).describe('why'),
      commit: z.string().nullable().describe('the code whose numbers these are'),
      dirty: z.boolean(),
      subjectCount: z.int().positive().describe('how many subjects were accepted at once'),
    })
    .describe('Somebody’s decision that these numbers are the ones to be held to.'),
)

const environmentIdSchema = lazySchema((z) => z.string().min(1))

/** What a Run was held against. */
const againstSchema = lazySchema((z) =>
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('ref').describe('another git ref, measured at the same time in interleaved pairs'),
      ref: z.string(),
      commit: z.string().nullable(),
      dirty: z.boolean(),
    }),
    z.strictObject({
      kind: z.literal('baseline').describe('the baseline of this environment'),
      file: z.string(),
      environmentId: environmentIdSchema(),
      acceptances: z.array(acceptanceSchema()),
    }),
    z.strictObject({
      kind: z.literal('other-environment').describe('the nearest other environment’s baseline: shown, never gates'),
      file: z.string(),
      environmentId: environmentIdSchema(),
      acceptances: z.array(acceptanceSchema()),
      differences: z.array(z.string()),
    }),
    z.strictObject({ kind: z.literal('nothing').describe('there is no baseline yet') }),
  ]),
)

const metricNameSchema = lazySchema((z) => z.strictObject({ subject: z.string().min(1), metric: z.string().min(1) }))

export const comparisonSchema = lazySchema((z) =>
  z
    .strictObject({
      suite: z.string().min(1),
      configuration: z.string().min(1),
      against: againstSchema(),
      gating: z.boolean().describe('false: every verdict is advice and may not fail a build'),
      advisoryReasons: z.array(z.string().min(1)).describe('why it does not gate'),
      doubts: z.array(z.string().min(1)).describe('what weakens the verdicts although they gate'),
      verdicts: z.array(verdictSchema()),
      added: z.array(metricNameSchema()).describe('measured now, and not in the baseline'),
      removed: z.array(metricNameSchema()).describe('in the baseline, and not measured now'),
    })
    .describe('One Run, judged.'),
)

export type Acceptance = z.infer<ReturnType<typeof acceptanceSchema>>
export type Comparison = z.infer<ReturnType<typeof comparisonSchema>>
export type ComparedAgainst = Comparison['against']
export type MetricName = z.infer<ReturnType<typeof metricNameSchema>>
