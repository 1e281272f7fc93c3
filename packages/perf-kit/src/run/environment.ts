import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import os from 'node:os'
import type { z } from 'zod'
import { lazySchema } from './lazy-schema.ts'

export const environmentSchema = lazySchema((z) =>
  z.strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'an environment id is a plain folder name'),
    platform: z.string(),
    arch: z.string(),
    osRelease: z.string(),
    cpuModel: z.string(),
    cpuCount: z.int().positive(),
    memoryBytes: z.number().positive(),
    nodeVersion: z.string(),
    v8Version: z.string(),
    nodeFlags: z.array(z.string()),
    containerCpuLimit: z.number().positive().nullable(),
    containerMemoryLimitBytes: z.number().positive().nullable(),
  }),
)

export type Environment = z.infer<ReturnType<typeof environmentSchema>>

/**
 * What decides whether two numbers may be compared. The kernel's release is recorded but left out: it changes weekly
 * on hosted machines, and a baseline that expires weekly is no baseline.
 */
const IDENTITY = [
  'platform',
  'arch',
  'cpuModel',
  'cpuCount',
  'nodeVersion',
  'nodeFlags',
  'containerCpuLimit',
] as const satisfies readonly (keyof Environment)[]

const BYTES_PER_GIB = 2 ** 30

function environmentId(environment: Omit<Environment, 'id'>): string {
  const identity = IDENTITY.map((key) => environment[key])
  // Hosted machines of one size differ by a few MiB; whole GiB is what they are sold by.
  const memoryGiB = Math.round((environment.containerMemoryLimitBytes ?? environment.memoryBytes) / BYTES_PER_GIB)
  const hash = createHash('sha256')
    .update(JSON.stringify([identity, memoryGiB]))
    .digest('hex')
    .slice(0, 8)
  const node = environment.nodeVersion.replace(/^v/, 'node')
  return `${environment.platform}-${environment.arch}-${environment.cpuCount}cpu-${node}-${hash}`.toLowerCase()
}

/** First readable file, trimmed; cgroup v2 first, then v1. */
function readFirst(paths: readonly string[]): string | undefined {
  for (const path of paths) {
    try {
      return readFileSync(path, 'utf8').trim()
    } catch {
      // not this cgroup version, or not Linux
    }
  }
  return undefined
}

function containerCpuLimit(): number | null {
  const v2 = readFirst(['/sys/fs/cgroup/cpu.max'])?.split(' ')
  const [quota, period] = v2 ?? [
    readFirst(['/sys/fs/cgroup/cpu/cpu.cfs_quota_us']),
    readFirst(['/sys/fs/cgroup/cpu/cpu.cfs_period_us']),
  ]
  const limit = Number(quota) / Number(period)
  return Number.isFinite(limit) && limit > 0 ? limit : null
}

function containerMemoryLimitBytes(): number | null {
  const text = readFirst(['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'])
  const limit = Number(text)
  return Number.isFinite(limit) && limit > 0 && limit < os.totalmem() ? limit : null
}

/**
 * Describe this machine and runtime.
 *
 * @param nodeFlags - V8 and Node flags that the measured process runs with; sorted here, because order means nothing
 */
export function readEnvironment(nodeFlags: readonly string[]): Environment {
  const cpus = os.cpus()
  const environment = {
    platform: process.platform,
    arch: process.arch,
    osRelease: os.release(),
    cpuModel: cpus[0]?.model.trim() ?? 'unknown',
    cpuCount: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    nodeVersion: process.version,
    v8Version: process.versions.v8,
    nodeFlags: nodeFlags.toSorted(),
    containerCpuLimit: containerCpuLimit(),
    containerMemoryLimitBytes: containerMemoryLimitBytes(),
  }
  return { id: environmentId(environment), ...environment }
}

/** What differs between two environments, in words for a person: `Node v24.20.0 → v24.21.0`. */
export function environmentDifferences(from: Environment, to: Environment): string[] {
  const labels: Partial<Record<keyof Environment, string>> = {
    platform: 'platform',
    arch: 'architecture',
    cpuModel: 'CPU',
    cpuCount: 'CPU count',
    nodeVersion: 'Node',
    nodeFlags: 'Node flags',
    containerCpuLimit: 'container CPU limit',
  }
  const differences = IDENTITY.filter((key) => JSON.stringify(from[key]) !== JSON.stringify(to[key])).map(
    (key) => `${labels[key] ?? key} ${printable(from[key])} → ${printable(to[key])}`,
  )
  if (differences.length === 0 && from.id !== to.id) {
    differences.push(`memory ${printable(from.memoryBytes)} → ${printable(to.memoryBytes)} bytes`)
  }
  return differences
}

function printable(value: Environment[keyof Environment]): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(' ')
  return value === null ? 'none' : String(value)
}
