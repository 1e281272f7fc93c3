import type { z } from 'zod'
import { lazySchema } from './lazy-schema.ts'

const GROWTH_STATES = ['leaking', 'steady', 'inconclusive'] as const

const signalSchema = lazySchema((z) =>
  z.strictObject({
    signal: z.string().min(1).describe('a kind of memory, or of what is counted, e.g. "heap" or "sockets"'),
    unit: z.enum(['bytes', 'count']),
    per: z.enum(['request', 'second']).describe('what the growth is told for'),
    state: z.enum(GROWTH_STATES),
    because: z.string().min(1),
    each: z
      .strictObject({ value: z.number(), low: z.number(), high: z.number() })
      .optional()
      .describe('growth after the warm-up, with its interval of 95 %'),
    inAll: z.number().optional().describe('growth over all that was seen after the warm-up'),
  }),
)

const gapSchema = lazySchema((z) =>
  z.strictObject({
    fromNs: z.number().nonnegative().describe('on the axis of the series'),
    drawnNs: z.number().nonnegative().describe('how long it is there: long ones are shortened'),
    lastedNs: z.number().nonnegative(),
    kind: z.enum(['killed', 'stopped', 'suspended', 'restart']),
  }),
)

const partSchema = lazySchema((z) =>
  z.strictObject({
    startedAt: z.iso.datetime(),
    fromNs: z.number().nonnegative().describe('on the axis of the series'),
    seconds: z.int().nonnegative().describe('that were measured in it'),
    pid: z.int().positive().nullable().describe('of the process whose memory was watched'),
    end: z.enum(['complete', 'interrupted', 'killed', 'targetEnded', 'leak', 'unwritable', 'failed']),
    because: z.string().describe('in words; empty where there is nothing to say'),
    said: z.string().describe('the last that a target said that has ended'),
  }),
)

/** How a load of hours went, in one part or several, and whether what was driven keeps what it should not. */
export const soakSchema = lazySchema((z) =>
  z.strictObject({
    subject: z.string().min(1).describe('as metrics have it'),
    plannedNs: z.number().positive(),
    measuredNs: z.number().nonnegative().describe('without gaps'),
    verdict: z.strictObject({
      state: z.enum(GROWTH_STATES),
      because: z.string().min(1),
      enoughNs: z.number().positive().optional().describe('so long would do, as far as can be told'),
      signals: z.array(signalSchema()),
    }),
    parts: z.array(partSchema()).describe('each of one process of ours, and of the target if that was started'),
    gaps: z.array(gapSchema()).describe('times in which nothing was measured, which count as nothing'),
  }),
)

export type SoakReport = z.infer<ReturnType<typeof soakSchema>>
export type SoakGap = z.infer<ReturnType<typeof gapSchema>>
export type SoakPart = z.infer<ReturnType<typeof partSchema>>
