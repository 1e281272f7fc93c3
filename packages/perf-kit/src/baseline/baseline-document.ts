import type { z } from 'zod'
import { environmentSchema, lazySchema, type Metric, metricKey, runSchema } from '../run/index.ts'
import { acceptanceSchema } from './comparison.ts'

export const BASELINE_SCHEMA_VERSION = 1

const storedMetricSchema = lazySchema((z) =>
  runSchema().shape.metrics.element.extend({
    acceptance: z.string().min(1).describe('id of the acceptance that these numbers came with'),
  }),
)

const configurationSchema = lazySchema((z) =>
  z
    .strictObject({
      name: z.string().min(1),
      harness: runSchema().shape.harness,
      acceptances: z.array(acceptanceSchema()),
      metrics: z.array(storedMetricSchema()),
    })
    .superRefine((configuration, context) => {
      const report = (key: string, index: number, message: string) =>
        context.addIssue({ code: 'custom', path: [key, index], message })
      const ids = new Set<string>()
      for (const [index, { id }] of configuration.acceptances.entries()) {
        if (ids.has(id)) report('acceptances', index, `acceptance ${id} appears twice: keep one line`)
        ids.add(id)
      }
      const keys = new Set<string>()
      for (const [index, metric] of configuration.metrics.entries()) {
        const key = metricKey(metric)
        if (keys.has(key)) report('metrics', index, `metric ${key} appears twice: keep one line`)
        if (!ids.has(metric.acceptance)) report('metrics', index, `there is no acceptance ${metric.acceptance}`)
        keys.add(key)
      }
    }),
)

/**
 * What is stored of one suite in one environment. Arrays throughout: a key of an object is never a user's text, so no
 * name can collide with a property of objects.
 */
export const baselineDocumentSchema = lazySchema((z) =>
  z
    .strictObject({
      schema: z.literal('perf-kit/baseline'),
      schemaVersion: z.literal(BASELINE_SCHEMA_VERSION),
      suite: z.string().min(1),
      environment: environmentSchema(),
      configurations: z.array(configurationSchema()),
    })
    .superRefine(({ configurations }, context) => {
      const keys = new Set<string>()
      for (const [index, configuration] of configurations.entries()) {
        const key = configurationKey(configuration)
        if (keys.has(key)) {
          context.addIssue({ code: 'custom', path: ['configurations', index], message: `${key} appears twice` })
        }
        keys.add(key)
      }
    }),
)

export type BaselineDocument = z.infer<ReturnType<typeof baselineDocumentSchema>>
export type BaselineConfiguration = BaselineDocument['configurations'][number]
export type StoredMetric = z.infer<ReturnType<typeof storedMetricSchema>>

/** Numbers of two measuring methods never mix, so each method has an entry of its own. */
function configurationKey({ name, harness }: Pick<BaselineConfiguration, 'name' | 'harness'>): string {
  return JSON.stringify([name, harness.methodVersion])
}

/**
 * A document as text that people review and git merges: fixed order of keys, sorted, one metric a line.
 *
 * @param document - has passed the schema, which also fixes the order of keys
 */
export function stringifyBaseline(document: BaselineDocument): string {
  const configurations = document.configurations.toSorted(by(configurationKey)).map((configuration) => {
    const acceptances = configuration.acceptances.toSorted(by(({ at, id }) => `${at} ${id}`))
    return [
      '    {',
      `      "name": ${JSON.stringify(configuration.name)},`,
      `      "harness": ${JSON.stringify(configuration.harness)},`,
      `      "acceptances": ${lines(acceptances)},`,
      `      "metrics": ${lines(configuration.metrics.toSorted(bySubjectAndName))}`,
      '    }',
    ].join('\n')
  })
  return [
    '{',
    `  "schema": ${JSON.stringify(document.schema)},`,
    `  "schemaVersion": ${document.schemaVersion},`,
    `  "suite": ${JSON.stringify(document.suite)},`,
    `  "environment": ${JSON.stringify(document.environment)},`,
    `  "configurations": [\n${configurations.join(',\n')}\n  ]`,
    '}\n',
  ].join('\n')
}

function lines(items: readonly unknown[]): string {
  return `[\n${items.map((item) => `        ${JSON.stringify(item)}`).join(',\n')}\n      ]`
}

/** By code unit: the order of a locale would differ from machine to machine, and so would the file. */
function by<Item>(keyOf: (item: Item) => string): (left: Item, right: Item) => number {
  return (left, right) => compareText(keyOf(left), keyOf(right))
}

export function bySubjectAndName(left: Pick<Metric, 'subject' | 'name'>, right: Pick<Metric, 'subject' | 'name'>) {
  return compareText(left.subject, right.subject) || compareText(left.name, right.name)
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
