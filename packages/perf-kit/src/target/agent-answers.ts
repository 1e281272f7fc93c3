import type { z } from 'zod'
import { lazySchema } from '../run/index.ts'
import type {
  AgentIdentity,
  AgentMemory,
  AgentSample,
  AllocationProfile,
  HeapSample,
  WrittenSnapshot,
} from './agent/messages.ts'

/** The target's process is somebody else's: what comes out of it is looked at before it is believed. */

export const identitySchema = lazySchema(
  (z) =>
    z.object({
      pid: z.int().positive(),
      parentPid: z.int().nonnegative(),
      nodeVersion: z.string(),
      script: z.string(),
      ports: z.array(z.int()),
      listens: z.boolean(),
      heapLimitBytes: z.number(),
      oldLimitBytes: z.number(),
    }) satisfies z.ZodType<AgentIdentity>,
)

export const memorySchema = lazySchema(
  (z) =>
    z.object({
      rssBytes: z.number(),
      heapTotalBytes: z.number(),
      heapUsedBytes: z.number(),
      externalBytes: z.number(),
      arrayBuffersBytes: z.number(),
    }) satisfies z.ZodType<AgentMemory>,
)

const delaySchema = lazySchema((z) =>
  z.object({ count: z.number(), meanNs: z.number(), p50Ns: z.number(), p99Ns: z.number(), maxNs: z.number() }),
)

export const sampleSchema = lazySchema(
  (z) =>
    z.object({
      fromNs: z.number(),
      atNs: z.number(),
      memory: memorySchema(),
      cpu: z.object({ userNs: z.number(), systemNs: z.number(), involuntarySwitches: z.number() }),
      loop: z.object({ idleNs: z.number(), activeNs: z.number(), turns: z.number().nullable() }),
      delay: delaySchema(),
      delaySoFar: delaySchema(),
      pauses: z.array(
        z.object({
          kind: z.enum(['minor', 'major', 'incremental', 'weakCallbacks', 'other']),
          startNs: z.number(),
          durationNs: z.number(),
        }),
      ),
      pausesLost: z.number(),
      stalls: z.array(z.object({ startNs: z.number(), durationNs: z.number() })),
      stallsLost: z.number(),
    }) satisfies z.ZodType<AgentSample>,
)

const collectedSchema = lazySchema((z) =>
  z.object({ endNs: z.number(), atNs: z.number(), memory: memorySchema(), oldBytes: z.number() }),
)

export const heapSchema = lazySchema(
  (z) =>
    z.object({
      atNs: z.number(),
      memory: memorySchema(),
      oldBytes: z.number(),
      listeners: z.number(),
      workers: z.number(),
      resources: handlesSchema().nullable(),
      collections: z.array(collectedSchema()),
      collectionsLost: z.number(),
      tookNs: z.number(),
    }) satisfies z.ZodType<HeapSample>,
)

/** To `heapEnd`, and to `allocations` that start or stop. */
export const nothingSchema = lazySchema((z) => z.null())

export const handlesSchema = lazySchema((z) => z.record(z.string(), z.number()))

const sumsSchema = lazySchema((z) =>
  z.object({ noted: z.number(), bytes: z.number(), variance: z.number(), largest: z.number() }),
)

export const allocationsSchema = lazySchema(
  (z) =>
    z.object({
      atNs: z.number(),
      frames: z.array(z.object({ name: z.string(), url: z.string(), line: z.number(), column: z.number() })),
      stacks: z.array(sumsSchema().extend({ frames: z.array(z.int().nonnegative()), newer: sumsSchema() })),
      otherBytes: z.number(),
      tookNs: z.number(),
    }) satisfies z.ZodType<AllocationProfile>,
)

export const snapshotSchema = lazySchema(
  (z) => z.object({ file: z.string(), tookNs: z.number() }) satisfies z.ZodType<WrittenSnapshot>,
)

export const answerSchema = lazySchema((z) =>
  z.union([
    z.object({ id: z.number(), ok: z.unknown() }).refine((answer) => 'ok' in answer),
    z.object({ id: z.number().nullable(), error: z.object({ code: z.string(), message: z.string() }) }),
  ]),
)

export type ReadAnswer = z.infer<ReturnType<typeof answerSchema>>
