import { LatencyMeasurer, type LatencyOptions, type Metric, type Run } from '@gw/perf-kit'
import { startGatewayProcess } from '../../../packages/gateway/test/system/processes.ts'
import { driveGateway, steady } from '../load/drive-gateway.ts'
import { profileOf } from '../profile.ts'

const NS_PER_MS = 1e6
const COLD_MS = 3_000
const { shortMs } = profileOf(process.env)

export type Measuring = Partial<LatencyOptions> & Pick<LatencyOptions, 'levels'>

/** Latency of calls of one tool through a gateway process of its own, whose backend answers as it is told to. */
export async function measureGateway(backendLatency: string, measuring: Measuring): Promise<Run> {
  const flags = ['--backends', '1', '--backend-latency', backendLatency, '--acquire-timeout', '30s']
  await using gateway = await startGatewayProcess(...flags)
  // A process that has just been started gets half as fast again in its first seconds: its capacity would be that of a cold one.
  await driveGateway(gateway.url, { loop: 'closed', phases: steady(50, COLD_MS) })
  return await measureAt(gateway.url, measuring)
}

export async function measureAt(url: string, measuring: Measuring): Promise<Run> {
  const measurer = new LatencyMeasurer({
    url,
    mcp: { method: 'tools/call', params: { name: 'backend-1__tool-1', arguments: {} } },
    durationNs: shortMs * NS_PER_MS,
    // Long enough for the sessions of an open loop, which begins without one, to have been opened.
    warmupNs: (shortMs / 2) * NS_PER_MS,
    ...measuring,
  })
  return await measurer.measure()
}

/** Whether the levels were the shares of the capacity that they say they were. */
export function knowsItsLevels({ validity }: Run): boolean {
  return validity.state !== 'invalid' && !validity.reasons.some((reason) => reason.startsWith('the capacity was '))
}

/** A machine that others use has seconds in which nothing can be measured, and a Run says so: it is measured again then. */
export async function untilLevelsAreKnown(measure: () => Promise<Run>, mostTries = 4): Promise<Run> {
  const run = await measure()
  return knowsItsLevels(run) || mostTries <= 1 ? run : await untilLevelsAreKnown(measure, mostTries - 1)
}

/** @param level - the end of the subject: `50 % of capacity` */
export function metricAt({ metrics }: Run, level: string, name: string): Metric {
  const found = metrics.find((metric) => metric.subject.endsWith(` · ${level}`) && metric.name === name)
  if (found === undefined) throw new Error(`there is no ${name} at ${level}`)
  return found
}

export function valueAt(run: Run, level: string, name: string): number {
  return metricAt(run, level, name).value
}
