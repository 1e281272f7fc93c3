import { expect, test } from 'vitest'
import { parseOpenMetrics } from '../open-metrics.ts'
import { startGatewayProcess } from './processes.ts'
import { RawClient, readHealth, readMetrics } from './raw-client.ts'

test('/metrics is OpenMetrics, counts what happened, and takes no label from clients', {
  timeout: 60_000,
}, async () => {
  await using gateway = await startGatewayProcess('--backends', '1')
  const client = await RawClient.initialize(gateway.url)
  for (const id of [1, 2, 3]) await client.call(id, 'backend-1__echo')
  await client.call(4, 'nope')
  await client.post({ jsonrpc: '2.0', id: 5, method: 'made-up"\n' })

  const { headers, text } = await readMetrics(gateway.url)
  expect(headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
  const { samples } = parseOpenMetrics(text)
  expect(samples.get('gateway_requests_total{method="tools/call",outcome="ok"}')).toBe(3)
  expect(samples.get('gateway_requests_total{method="tools/call",outcome="error"}')).toBe(1)
  expect(samples.get('gateway_requests_total{method="other",outcome="error"}')).toBe(1)
  expect(samples.get('gateway_request_duration_seconds_count{method="tools/call"}')).toBe(4)
  expect(samples.get('gateway_sessions')).toBe(1)
  expect(samples.get('gateway_pool_members{backend="backend-1"}')).toBe(1)
})

test('/health tells the sessions and the state of each backend', { timeout: 60_000 }, async () => {
  await using gateway = await startGatewayProcess('--backends', '1', '--backend', 'gone=http://127.0.0.1:1/mcp')
  expect(await readHealth(gateway.url)).toMatchObject({
    httpStatus: 200,
    status: 'ok',
    sessions: 0,
    backends: [
      { name: 'gone', connected: false, circuit: 'closed' },
      { name: 'backend-1', connected: true, tools: 13, pool: { max: 8, size: 0, idle: 0, waiting: 0 } },
    ],
  })
})
