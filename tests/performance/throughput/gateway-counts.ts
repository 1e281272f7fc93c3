import { readMetrics } from '../../../packages/gateway/test/system/raw-client.ts'

/** One number of the gateway's own account of itself; 0 for what it has not counted yet. */
export async function countOf(
  url: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const inner = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  const start = inner.length === 0 ? `${name} ` : `${name}{${inner.join(',')}} `
  const { text } = await readMetrics(url)
  const line = text.split('\n').find((each) => each.startsWith(start))
  return Number(line?.split(' ').at(-1) ?? 0)
}
