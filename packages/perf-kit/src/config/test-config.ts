import type { z } from 'zod'
import { lazySchema, type Zod } from '../run/index.ts'
import { parseDurationNs, parseSizeBytes } from '../units/index.ts'
import { parseBudget } from './budget-text.ts'
import { httpRequestSchema } from './http-requests.ts'

const duration = (z: Zod, text: string) =>
  z
    .string({ error: 'give a duration as text with its unit, such as "30s"' })
    .prefault(text)
    .transform((value, context) => {
      const ns = parseDurationNs(value)
      if (ns !== undefined) return ns
      context.addIssue({
        code: 'custom',
        message: `"${value}" is no duration; write it like "250ms", "30s" or "1h30m"`,
      })
      return z.NEVER
    })

const size = (z: Zod, text: string) =>
  z
    .string({ error: 'give a size as text with its unit, such as "512MiB"' })
    .prefault(text)
    .transform((value, context) => {
      const bytes = parseSizeBytes(value)
      if (bytes !== undefined) return bytes
      context.addIssue({ code: 'custom', message: `"${value}" is no size; write it like "100kB", "512MiB" or "2GiB"` })
      return z.NEVER
    })

/**
 * Everything that a `perf-kit.config.ts` may say, with its defaults. Durations and sizes are text with a unit here and
 * ns and bytes everywhere else.
 */
export const testConfigSchema = lazySchema((z) =>
  z.strictObject({
    bench: z
      .strictObject({
        /** Where benchmarks live. The first folder below the pattern's fixed part names the suite. */
        include: z.array(z.string().min(1)).min(1).default(['benches/**/*.bench.{ts,mts,js,mjs}']),
        engine: z.enum(['tinybench', 'mitata']).default('tinybench'),
        /** Process forks a benchmark, when there is no other side to pair them with. */
        forks: z.int().min(1).max(1000).default(10),
        warmup: duration(z, '100ms'),
        /** Timed part of a fork. */
        measure: duration(z, '150ms'),
        /** Unbatched part of a fork, for p99. */
        tail: duration(z, '40ms'),
        forkTimeout: duration(z, '30s'),
        memoryLimit: size(z, '1GiB'),
        /** How to make a checkout ready to run: each command an array. Found from the lock file when not given. */
        prepare: z.array(z.array(z.string().min(1)).min(1)).optional(),
      })
      .prefault({}),
    load: z
      .strictObject({
        /** What `perf-kit load` starts, drives and stops when it is given no URL. */
        target: z
          .strictObject({
            /** Program and arguments, each a word: no shell reads them. */
            command: z.array(z.string().min(1)).min(1),
            /** How to know that it is ready. A log line's first group is the URL that is driven. */
            ready: z.union(
              [
                z.strictObject({ log: z.instanceof(RegExp) }),
                z.strictObject({ http: z.url() }),
                z.strictObject({ tcp: z.int().min(1).max(65_535) }),
              ],
              { error: 'say how it shows that it is ready: { log: /…/ }, { http: "http://…" } or { tcp: 8080 }' },
            ),
            /** Where it is driven, unless its log says so. */
            url: z.url().optional(),
            /** Words that give the command a parameter which can be swept over, by its name: { pool: ['--pool-size', '{}'] }. */
            parameters: z.record(z.string().regex(/^[A-Za-z][\w-]*$/), z.array(z.string().min(1)).min(1)).optional(),
            readyTimeout: duration(z, '30s'),
            stopTimeout: duration(z, '10s'),
            /** Requests that are drawn by weight: { name, weight, method, path, headers, body }, each of which may be left out. */
            requests: z.array(httpRequestSchema()).min(1).optional(),
            /** Speak MCP, and call this tool, or draw from this mix, or ping when neither is named. */
            mcp: z
              .strictObject({
                call: z.string().min(1).optional(),
                arguments: z.record(z.string(), z.unknown()).optional(),
                /** As `--mix` has it: 'call echo=8, list=1, ping=1'. */
                mix: z.string().min(1).optional(),
                /** A session ends after so many requests, and another opens. */
                sessionRequests: z.int().min(1).optional(),
                /** Ask tools for progress, and count it. */
                progress: z.boolean().optional(),
                /** Cancel this share of calls after a while: '5%@200ms'. */
                cancel: z.string().min(1).optional(),
                /** What is spoken; when it is not given, what the server answers. */
                protocolVersion: z.enum(['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28']).optional(),
                /** Resources that each session hears of. */
                subscribe: z.array(z.string().min(1)).min(1).optional(),
              })
              .refine(({ call, mix }) => call === undefined || mix === undefined, {
                error: 'call asks one thing, and mix several: put the tool into the mix',
              })
              .optional(),
            /** What it has to keep to: { p99: '200ms', errors: '0.1%', goodput: '1000/s' }. */
            budgets: z
              .record(z.string(), z.string({ error: 'give a limit as text with its unit, such as "200ms"' }))
              .prefault({})
              .transform((texts, context) =>
                Object.entries(texts).flatMap(([name, limit]) => {
                  const budget = parseBudget(name, limit)
                  if (!('problem' in budget)) return [budget]
                  context.addIssue({ code: 'custom', path: [name], message: budget.problem })
                  return []
                }),
              ),
          })
          .refine(({ requests, mcp }) => requests === undefined || mcp === undefined, {
            error: 'requests are of plain HTTP: leave them out, or mcp',
          })
          .optional(),
      })
      .prefault({}),
    baselines: z
      .strictObject({
        /** Where accepted baselines are kept: one folder an environment, one file a suite. */
        directory: z.string().min(1).default('benchmarks'),
        /** Smallest relative change, by metric name, that counts as one against a stored baseline: 0.1 is 10 %. */
        thresholds: z.record(z.string(), z.number().gt(0).lt(10)).default({}),
      })
      .prefault({}),
  }),
)

/** What a user writes. */
export type TestConfigInput = z.input<ReturnType<typeof testConfigSchema>>

/** What the rooms read: defaults filled in, ns and bytes. */
export type TestConfig = z.output<ReturnType<typeof testConfigSchema>>
