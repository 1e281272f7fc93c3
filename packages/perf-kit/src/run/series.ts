import type { z } from 'zod'
import { lazySchema } from './lazy-schema.ts'
import { UNITS } from './metric.ts'

/** What something was over time, for people to look at: verdicts come from metrics. */
export const seriesSchema = lazySchema((z) =>
  z.strictObject({
    subject: z.string().min(1).describe('what was measured, as metrics have it'),
    name: z.string().min(1).describe('which property of it, e.g. "succeeded" or "responseTimeP99"'),
    unit: z.enum(UNITS),
    fromNs: z.number().describe('when the first value’s time begins, from the start of the run'),
    everyNs: z.number().positive().describe('how long each value’s time lasts'),
    values: z.array(z.number().nullable()).min(1).describe('null where there was nothing to measure'),
  }),
)

export type Series = z.infer<ReturnType<typeof seriesSchema>>
