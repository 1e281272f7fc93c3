import type { z } from 'zod'
import { budgetSchema } from './budget.ts'
import { lazySchema } from './lazy-schema.ts'

const TRIAL_VERDICTS = ['met', 'broken', 'undecided', 'unusable'] as const

const trialSchema = lazySchema((z) =>
  z.strictObject({
    phase: z
      .enum(['probe', 'search', 'confirm'])
      .describe('probe: clients that ask as fast as they can, to know where to begin'),
    ratePerSec: z.number().nonnegative().nullable().describe('what was to be offered; null for clients'),
    fromNs: z.number().nonnegative().describe('from the start of the run'),
    durationNs: z.number().nonnegative().describe('its counted part'),
    offeredPerSec: z.number().nonnegative(),
    goodputPerSec: z.number().nonnegative().describe('what succeeded in its time'),
    requests: z.int().nonnegative().describe('that ended'),
    errorRatio: z.number().min(0).max(1),
    notSentRatio: z.number().min(0).max(1),
    responseTimeP50Ns: z.number().nullable().describe('null where nothing ended'),
    responseTimeP99Ns: z.number().nullable(),
    sendLagP99Ns: z.number().nullable().describe('how late the generator itself came to what was due'),
    targetLoopBusyRatio: z.number().nonnegative().optional().describe('where something looked inside the target'),
    targetCpuRatio: z.number().nonnegative().optional(),
    othersRatio: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        'share of the machine that other programs took: beside a target that was started; otherwise right after a trial that was not met, while hardly anything was asked',
      ),
    verdict: z
      .enum(TRIAL_VERDICTS)
      .nullable()
      .describe(
        'unusable: the generator or its machine came to its limit first; null for clients, which are not judged',
      ),
    metRatio: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('how probable it is that the objective was kept; null where that says nothing of the target'),
    reasons: z.array(z.string().min(1)),
  }),
)

const answerSchema = lazySchema((z) =>
  z.discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('interval'),
        valuePerSec: z.number().positive(),
        lowPerSec: z.number().positive(),
        highPerSec: z.number().positive(),
        coverageRatio: z.number().gt(0).lte(1),
        isConfirmed: z.boolean().describe('whether a longer trial near the low end kept to the objective'),
      })
      .describe('the capacity lies here'),
    z
      .strictObject({
        kind: z.literal('atLeast'),
        perSec: z.number().positive(),
        isConfirmed: z.boolean(),
        because: z.string().min(1),
      })
      .describe('the objective was kept up to here, and nobody could ask for more'),
    z
      .strictObject({ kind: z.literal('below'), perSec: z.number().positive(), because: z.string().min(1) })
      .describe('even here it was not kept'),
    z.strictObject({ kind: z.literal('unknown'), because: z.string().min(1) }),
  ]),
)

/** What a search for a capacity has found, and all that it has tried. */
export const capacitySchema = lazySchema((z) =>
  z.strictObject({
    subject: z.string().min(1).describe('what was asked, and what it had to keep to; as metrics have it'),
    objective: z.array(budgetSchema()).min(1).describe('what the target had to keep to'),
    precisionRatio: z.number().positive().describe('how narrow an interval was asked for'),
    answer: answerSchema(),
    trials: z.array(trialSchema()).describe('in the order of time'),
  }),
)

export type CapacityReport = z.infer<ReturnType<typeof capacitySchema>>
export type CapacityAnswer = z.infer<ReturnType<typeof answerSchema>>
export type CapacityTrial = z.infer<ReturnType<typeof trialSchema>>
export type TrialVerdict = (typeof TRIAL_VERDICTS)[number]
