import { describe, expect, it } from 'vitest'
import { drive, outcomesOf, steady } from './drive.ts'
import { pem } from './http2-target.ts'
import { type NginxOptions, nginxTarget } from './nginx-target.ts'
import { referenceServer } from './reference-server.ts'

const HELLO = 'location / { return 200 "hello world\\n"; }'

describe('nginx, over HTTP/2', () => {
  it.for<readonly [string, Pick<NginxOptions, 'certificate'>]>([
    ['cleartext', {}],
    ['TLS', { certificate: 'good' }],
  ])('answers all over %s, and those beyond its hundred a connection too', async ([, kind], context) => {
    await using target = await nginxTarget({ ...kind, server: `keepalive_requests 100; ${HELLO}` }, context)
    const tls = { ca: await pem('good') }
    const result = await drive(target.url, { httpVersion: '2', tls, phases: steady(4, 2_000) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(result.finished).toBeGreaterThan(500)
    expect(result.receivedBytes).toBe(12 * result.finished)
    // It has ended each with GOAWAY, and no request was lost.
    expect(result.times.connect.totalCount).toBeGreaterThanOrEqual(Math.floor(result.finished / 101))
    expect(result.times.connect.totalCount).toBeLessThan(result.finished / 20)
  })

  it('passes MCP on to a gateway: calls, sessions that come and go, and what they hear of', async (context) => {
    await using backend = await referenceServer('backend-main', '--updates-per-sec', '20')
    await using gateway = await referenceServer('main', '--backend', `backend-1=${backend.url}`)
    const pass = `keepalive_requests 1000000; location / { proxy_pass ${new URL(gateway.url).origin}; proxy_http_version 1.1; proxy_buffering off; }`
    await using target = await nginxTarget({ server: pass }, context)
    const result = await drive(new URL('mcp', target.url).href, {
      httpVersion: '2',
      streams: 10,
      phases: steady(4, 2_000),
      mcp: [
        { method: 'tools/list', params: {}, weight: 3 },
        { method: 'ping', params: {} },
      ],
      mcpSession: { requestsPerSession: 20, subscribe: ['load://backend-1/1'] },
    })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(result.mcp?.sessionOpen.totalCount).toBeGreaterThan(4)
    expect(result.mcp?.deliveries.counts.arrived).toBeGreaterThan(0)
    expect(result.times.connect.totalCount).toBeLessThan(4)
  })
})
