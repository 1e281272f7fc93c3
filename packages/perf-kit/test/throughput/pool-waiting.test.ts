import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { PoolWaiting, readPoolWaiting } from '../../src/throughput/pool-waiting.ts'

/** A server with metrics, or without, which may be too busy at first; counts who asks for them. */
async function metricsServer(text: string | undefined, busyFor = 0) {
  let asked = 0
  const server = createServer((request, response) => {
    if (request.url === '/metrics') asked++
    if (asked <= busyFor) response.writeHead(503).end()
    else response.writeHead(text === undefined ? 404 : 200).end(text ?? 'not here')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const dispose = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${port}/mcp?x=1`, asked: () => asked, [Symbol.asyncDispose]: dispose }
}

const METRICS = `# TYPE gateway_pool_waiting gauge
gateway_pool_waiting{backend="a"} 3
gateway_pool_waiting{backend="b"} 4.5
gateway_pool_idle{backend="a"} 9
# EOF
`

describe('requests that wait for a connection', () => {
  it('are added up over all pools', () => {
    expect(readPoolWaiting(METRICS)).toBe(7.5)
    expect(readPoolWaiting('pool_waiting 2\n')).toBe(2)
    expect(readPoolWaiting('gateway_pool_idle 2\n# EOF\n')).toBeUndefined()
  })

  it('are looked at again and again beside a load, where the target tells', async () => {
    await using server = await metricsServer(METRICS)
    const pools = new PoolWaiting(server.url)
    pools.start(0)
    await expect.poll(server.asked).toBeGreaterThan(2)
    expect(await pools.stop()).toBe(7.5)
    const asked = server.asked()
    await sleep(700)
    expect(server.asked()).toBe(asked)
  })

  it.each([undefined, '<html>a page for everything</html>'])(
    'are asked for once where it does not: %s',
    async (text) => {
      await using server = await metricsServer(text)
      const pools = new PoolWaiting(server.url)
      pools.start(0)
      await expect.poll(server.asked).toBe(1)
      await sleep(700)
      expect(server.asked()).toBe(1)
      expect(await pools.stop()).toBeUndefined()
    },
  )

  it('are asked for again where the target had no time to answer', async () => {
    await using server = await metricsServer(METRICS, 2)
    const pools = new PoolWaiting(server.url)
    pools.start(0)
    await expect.poll(server.asked, { timeout: 10_000 }).toBeGreaterThan(3)
    expect(await pools.stop()).toBe(7.5)
  })

  it('are nothing of a target that does not answer, or of a load that ended in its warm-up', async () => {
    const pools = new PoolWaiting('http://127.0.0.1:1/')
    pools.start(0)
    expect(await pools.stop()).toBeUndefined()
    await using server = await metricsServer(METRICS)
    const early = new PoolWaiting(server.url)
    early.start(60e9)
    expect(await early.stop()).toBeUndefined()
    expect(server.asked()).toBe(0)
  })
})
