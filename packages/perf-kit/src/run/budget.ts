import type { z } from 'zod'
import { lazySchema } from './lazy-schema.ts'

/** What a metric may be at most; at least, where higher is better. */
export const budgetSchema = lazySchema((z) =>
  z.strictObject({
    metric: z.string().min(1).describe('name of a metric; of a distribution when there is a quantileRatio'),
    quantileRatio: z.number().gt(0).lt(1).optional().describe('the limit is for this quantile of the distribution'),
    limit: z.number().nonnegative().describe('in the metric’s unit'),
  }),
)

export type Budget = z.infer<ReturnType<typeof budgetSchema>>
