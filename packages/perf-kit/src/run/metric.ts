import type { z } from 'zod'
import { lazySchema } from './lazy-schema.ts'

/** Base units only: strings such as "30s" or "2 MiB" never enter a Run. */
export const UNITS = ['ns', 'bytes', 'perSec', 'ratio', 'count'] as const

/** One value per independent repetition; for benchmarks a repetition is one process fork. */
const repetitionsSchema = lazySchema((z) =>
  z
    .strictObject({
      kind: z.literal('repetitions'),
      values: z.array(z.number()).min(1),
    })
    .describe('one value per independent repetition (for benchmarks: per process fork)'),
)

/** Interleaved repetitions of two sides: `baseline[i]` and `candidate[i]` ran next to each other in time. */
const pairsSchema = lazySchema((z) =>
  z
    .strictObject({
      kind: z.literal('pairs'),
      baseline: z.array(z.number()).min(1),
      candidate: z.array(z.number()).min(1),
      ratios: z
        .array(z.number().positive())
        .optional()
        .describe(
          'candidate / baseline of each pair where parts of both alternated: sharper than the quotient of values',
        ),
    })
    .refine(
      ({ baseline, candidate, ratios }) =>
        baseline.length === candidate.length && (ratios === undefined || ratios.length === baseline.length),
      { error: 'a pair needs both sides: baseline, candidate and ratios must have the same length' },
    )
    .describe('interleaved repetitions of two sides; same index = same moment'),
)

/** A mergeable distribution: HDR histogram, V2 encoding, compressed, base64. Values in the metric's unit. */
const histogramSchema = lazySchema((z) =>
  z
    .strictObject({
      kind: z.literal('histogram'),
      encoding: z.literal('hdr-v2-compressed-base64'),
      count: z.int().positive(),
      data: z.string().min(1),
    })
    .describe('HDR histogram, V2 compressed encoding in base64'),
)

/** Percentiles of one distribution share it: it is stored once. */
const quantileSchema = lazySchema((z) =>
  z
    .strictObject({
      kind: z.literal('quantile'),
      of: z.string().min(1).describe('name of the metric of the same subject that has the histogram'),
      quantileRatio: z.number().gt(0).lt(1),
      count: z.int().positive().describe('values in the histogram'),
    })
    .describe('a quantile of another metric’s histogram'),
)

const proportionSchema = lazySchema((z) =>
  z
    .strictObject({
      kind: z.literal('proportion'),
      part: z.int().nonnegative(),
      whole: z.int().nonnegative(),
    })
    .refine(({ part, whole }) => part <= whole, { error: 'a part must not exceed its whole' })
    .describe('so many of so many'),
)

const evidenceSchema = lazySchema((z) =>
  z.discriminatedUnion('kind', [
    repetitionsSchema(),
    pairsSchema(),
    histogramSchema(),
    quantileSchema(),
    proportionSchema(),
  ]),
)

const intervalSchema = lazySchema((z) =>
  z
    .strictObject({
      low: z.number(),
      high: z.number(),
      coverageRatio: z.number().gt(0).lte(1).describe('the coverage really reached, which small samples limit'),
    })
    .refine((interval) => interval.low <= interval.high, { error: 'low must not exceed high' }),
)

export const metricSchema = lazySchema((z) =>
  z.strictObject({
    subject: z.string().min(1).describe('what was measured, e.g. "routing/lookup tools=10 outcome=hit"'),
    name: z.string().min(1).describe('which property of it, e.g. "timePerOp"'),
    unit: z.enum(UNITS),
    better: z.enum(['lower', 'higher']),
    gates: z.boolean().describe('whether a verdict on this metric may fail a build'),
    guard: z
      .literal(true)
      .optional()
      .describe(
        'only a regression of it counts: too noisy to wait until it has passed, and never judged by what is stored',
      ),
    value: z.number(),
    interval: intervalSchema().optional(),
    evidence: evidenceSchema(),
    repetitions: z
      .array(z.number())
      .min(1)
      .optional()
      .describe(
        'the same of each repetition, where value and evidence are of several measurements together: they are independent of each other, and requests are not',
      ),
  }),
)

export type Unit = (typeof UNITS)[number]
export type Evidence = z.infer<ReturnType<typeof evidenceSchema>>
export type Interval = z.infer<ReturnType<typeof intervalSchema>>
export type Metric = z.infer<ReturnType<typeof metricSchema>>

/** Identity of a metric within a Run, for maps; never parsed back. */
export function metricKey(metric: Pick<Metric, 'subject' | 'name'>): string {
  return JSON.stringify([metric.subject, metric.name])
}
