import { readFileSync } from 'node:fs'

export interface CpuTicks {
  readonly total: number
  readonly stolen: number
}

/** The machine's CPU time so far, Linux only: `cpu user nice system idle iowait irq softirq steal …` */
export function readCpuTicks(): CpuTicks | undefined {
  try {
    const fields = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.trim().split(/\s+/).slice(1, 9).map(Number)
    if (fields === undefined || fields.length < 8) return undefined
    return { total: fields.reduce((sum, field) => sum + field, 0), stolen: fields[7] ?? 0 }
  } catch {
    return undefined
  }
}

/** Share of CPU time that the hypervisor gave to others, 0..1; 0 where the system doesn't say. */
export function stolenRatio(before: CpuTicks | undefined, after: CpuTicks | undefined): number {
  if (before === undefined || after === undefined || after.total <= before.total) return 0
  return (after.stolen - before.stolen) / (after.total - before.total)
}
