import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { LoadOptions } from '../../src/load/index.ts'
import { drive, outcomesOf } from './drive.ts'

const pem = (name: string) => readFile(join(import.meta.dirname, 'certificates', `${name}.pem`), 'utf8')

async function driveTls(certificate: 'good' | 'expired', tls: LoadOptions['tls'] = {}) {
  const server = createServer({ key: await pem('key'), cert: await pem(certificate) }, (_request, response) => {
    response.end('hello')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  try {
    return await drive(`https://127.0.0.1:${port}/`, { tls })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

it('speaks to a https target whose certificate is trusted', async () => {
  const result = await driveTls('good', { ca: await pem('good') })
  expect(outcomesOf(result)).toEqual(['HTTP 200'])
  expect(result.receivedBytes).toBe(5 * result.finished)
})

it('does not speak to one that nobody vouches for', async () => {
  expect(outcomesOf(await driveTls('good'))).toEqual(['DEPTH_ZERO_SELF_SIGNED_CERT'])
})

it('does not speak to one whose certificate has expired, and says so', async () => {
  expect(outcomesOf(await driveTls('expired', { ca: await pem('expired') }))).toEqual(['CERT_HAS_EXPIRED'])
})

it('speaks to it all the same when told to', async () => {
  expect(outcomesOf(await driveTls('expired', { rejectUnauthorized: false }))).toEqual(['HTTP 200'])
})
