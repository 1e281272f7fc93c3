import type { z } from 'zod'
import { budgetSchema } from './budget.ts'
import { capacitySchema } from './capacity.ts'
import { environmentSchema } from './environment.ts'
import { lazySchema } from './lazy-schema.ts'
import { metricKey, metricSchema } from './metric.ts'
import { seriesSchema } from './series.ts'
import { soakSchema } from './soak.ts'

export const RUN_SCHEMA_VERSION = 1

const RUN_KINDS = ['bench', 'load', 'latency', 'throughput', 'memory', 'soak'] as const

/**
 * The version of the way we measure. Two Runs are comparable when it is equal, whatever the package's version:
 * a baseline should outlive a release that only changes a message.
 */
export const METHOD_VERSION = 2

const noteSchema = lazySchema((z) =>
  z.strictObject({
    code: z.string().min(1).describe('stable name from a closed list'),
    message: z.string().min(1).describe('what was seen and what to do about it'),
    subject: z.string().min(1).optional(),
  }),
)

const failureSchema = lazySchema((z) =>
  z.strictObject({
    subject: z.string().min(1),
    code: z.string().min(1),
    message: z.string().min(1),
    remedy: z.string(),
  }),
)

const sourceSchema = lazySchema((z) =>
  z.strictObject({
    commit: z.string().nullable(),
    dirty: z.boolean().describe('whether uncommitted changes were measured too'),
  }),
)

export const runSchema = lazySchema((z) =>
  z
    .strictObject({
      schema: z.literal('perf-kit/run'),
      schemaVersion: z.literal(RUN_SCHEMA_VERSION),
      kind: z.enum(RUN_KINDS),
      suite: z.string().min(1),
      configuration: z.string().min(1).describe('which variant of the suite, e.g. "default" or "mitata"'),
      startedAt: z.iso.datetime(),
      durationNs: z.number().nonnegative(),
      environment: environmentSchema(),
      harness: z.strictObject({
        name: z.string(),
        version: z.string(),
        methodVersion: z.int().positive().describe('raised whenever a change of the harness may move numbers'),
      }),
      source: sourceSchema().describe('the code that was measured'),
      against: sourceSchema().extend({ ref: z.string() }).optional().describe('the other side of the pairs'),
      metrics: z.array(metricSchema()),
      series: z.array(seriesSchema()).optional().describe('how it went over time'),
      budgets: z.array(budgetSchema()).optional().describe('what the metrics were to keep to'),
      capacity: capacitySchema().optional().describe('of a throughput Run: what was searched for, and how'),
      soak: soakSchema().optional().describe('of a soak Run: its parts, and what grew'),
      validity: z.strictObject({
        state: z.enum(['valid', 'suspect', 'invalid']),
        reasons: z.array(z.string().min(1)),
      }),
      warnings: z.array(noteSchema()),
      failures: z.array(failureSchema()).describe('subjects that could not be measured'),
      artifacts: z.array(z.strictObject({ kind: z.string(), path: z.string() })),
    })
    .superRefine((run, context) => {
      const seen = new Set<string>()
      for (const [index, metric] of run.metrics.entries()) {
        const key = metricKey(metric)
        if (seen.has(key)) {
          context.addIssue({ code: 'custom', path: ['metrics', index], message: `metric ${key} appears twice` })
        }
        seen.add(key)
      }
    })
    .describe('One measurement, whatever made it: the only thing that passes from measuring to judging.'),
)

export type Run = z.infer<ReturnType<typeof runSchema>>
export type RunKind = (typeof RUN_KINDS)[number]
export type RunNote = z.infer<ReturnType<typeof noteSchema>>
export type RunFailure = z.infer<ReturnType<typeof failureSchema>>
export type RunSource = z.infer<ReturnType<typeof sourceSchema>>
export type Validity = Run['validity']
