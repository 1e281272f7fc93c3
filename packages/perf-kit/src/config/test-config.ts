import type { z } from 'zod'
import { lazySchema, type Zod } from '../run/index.ts'
import { parseDurationNs, parseSizeBytes } from '../units/index.ts'
import { parseBudget } from './budget-text.ts'
import { httpRequestSchema } from './http-requests.ts'

const someDuration = (z: Zod) =>
  z.string({ error: 'give a duration as text with its unit, such as "30s"' }).transform((value, context) => {
    const ns = parseDurationNs(value)
    if (ns !== undefined) return ns
    context.addIssue({
      code: 'custom',
      message: `"${value}" is no duration; write it like "250ms", "30s" or "1h30m"`,
    })
    return z.NEVER
  })

const duration = (z: Zod, text: string) => someDuration(z).prefault(text)

const someSize = (z: Zod) =>
  z.string({ error: 'give a size as text with its unit, such as "512MiB"' }).transform((value, context) => {
    const bytes = parseSizeBytes(value)
    if (bytes !== undefined) return bytes
    context.addIssue({ code: 'custom', message: `"${value}" is no size; write it like "100kB", "512MiB" or "2GiB"` })
    return z.NEVER
  })

const size = (z: Zod, text: string) => someSize(z).prefault(text)

const atMostOne = (...values: readonly unknown[]): boolean => values.filter((value) => value !== undefined).length <= 1

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
        /** How much `perf-kit load` drives at that target, unless flags say so: clients, a ramp of them, or a rate. */
        clients: z.int().min(1).optional(),
        /** As `--ramp` has it: '1..100@60s'. */
        ramp: z.string().min(1).optional(),
        /** Requests a second, or a ramp of them: '100..2000@60s'. */
        rate: z.union([z.number().gt(0), z.string().min(1)]).optional(),
        /** How requests of a rate are spread. */
        arrivals: z.enum(['constant', 'poisson']).optional(),
        duration: someDuration(z).optional(),
        warmup: someDuration(z).optional(),
        /** As `--spike` has it: '5x/30s/2s'. */
        spike: z.string().min(1).optional(),
        think: someDuration(z).optional(),
        /** Of a request. */
        timeout: someDuration(z).optional(),
        connections: z.int().min(1).max(20_000).optional(),
        threads: z.int().min(1).max(64).optional(),
        seed: z
          .int()
          .min(1)
          .max(2 ** 31 - 1)
          .optional(),
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
            /** Look inside it. */
            agent: z.boolean().optional(),
            /** GET, and POST with a body. */
            method: z.string().min(1).optional(),
            headers: z.record(z.string(), z.string()).optional(),
            /** Text, or what is sent as its JSON. */
            body: z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
            /** A file that has it; this and the other files are named from the configuration's folder. */
            bodyFile: z.string().min(1).optional(),
            bodySize: someSize(z).optional(),
            /** Requests that are drawn by weight: { name, weight, method, path, headers, body }, each of which may be left out. */
            requests: z.array(httpRequestSchema()).min(1).optional(),
            /** A module whose default export gives requests. */
            requestModule: z.string().min(1).optional(),
            /** A file of rows for {{column}} in what is asked: .csv or .jsonl. */
            data: z.string().min(1).optional(),
            /** Speak HTTP/2. */
            http2: z.boolean().optional(),
            /** Of HTTP/2: clients that share a connection. */
            streams: z.int().min(1).max(10_000).optional(),
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
          .refine(
            ({ mcp, method, body, bodyFile, bodySize, requests, requestModule }) => {
              const ofHttp = [method, body, bodyFile, bodySize, requests, requestModule]
              return mcp === undefined || ofHttp.every((value) => value === undefined)
            },
            { error: 'method, body and requests are of plain HTTP: leave them out, or mcp' },
          )
          .refine(({ body, bodyFile, bodySize }) => atMostOne(body, bodyFile, bodySize), {
            error: 'a request has one body: give body, bodyFile or bodySize',
          })
          .refine(({ http2, streams }) => http2 === true || streams === undefined, {
            error: 'streams are of HTTP/2: say http2: true with them',
          })
          .optional(),
      })
      .refine(({ clients, ramp, rate }) => atMostOne(clients, ramp, rate), {
        error: 'a load has one level: give clients, ramp or rate',
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
