import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { LoadOptions } from '../../src/load/index.ts'
import { drive, outcomesOf, steady } from './drive.ts'
import { driveWith, notesOf, runOf } from './engine-drive.ts'

const pem = (name: string) => readFile(join(import.meta.dirname, 'certificates', `${name}.pem`), 'utf8')

async function driveTls(certificate: 'good' | 'expired', tls: LoadOptions['tls'] = {}) {
  await using target = await tlsTarget(certificate)
  return await drive(target.url, { tls, phases: steady(2, 800) })
}

async function tlsTarget(certificate: 'good' | 'expired') {
  const server = createServer({ key: await pem('key'), cert: await pem(certificate) }, (_request, response) => {
    response.end('hello')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `https://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

it.concurrent('speaks to a https target whose certificate is trusted', async () => {
  const result = await driveTls('good', { ca: await pem('good') })
  expect(outcomesOf(result)).toEqual(['HTTP 200'])
  expect(result.receivedBytes).toBe(5 * result.finished)
})

it.concurrent('does not speak to one that nobody vouches for', async () => {
  expect(outcomesOf(await driveTls('good'))).toEqual(['DEPTH_ZERO_SELF_SIGNED_CERT'])
})

it.concurrent('does not speak to one whose certificate has expired, and says so', async () => {
  expect(outcomesOf(await driveTls('expired', { ca: await pem('expired') }))).toEqual(['CERT_HAS_EXPIRED'])
})

it.concurrent('speaks to it all the same when told to', async () => {
  expect(outcomesOf(await driveTls('expired', { rejectUnauthorized: false }))).toEqual(['HTTP 200'])
})

it.concurrent.each(['127.0.0.1', 'localhost'])('autocannon speaks to any at %s, and its Run says so', async (host) => {
  await using target = await tlsTarget('expired')
  const result = await driveWith('autocannon', target.url.replace('127.0.0.1', host))
  expect(outcomesOf(result)).toEqual(['HTTP 200'])
  expect(notesOf(runOf(result))).toContain('ENGINE_TLS')
})

it.concurrent.each(['127.0.0.1', 'localhost'])('oha speaks to none at %s that nobody vouches for', async (host) => {
  await using target = await tlsTarget('good')
  const result = await driveWith('oha', target.url.replace('127.0.0.1', host))
  expect(result.responseOk.totalCount).toBe(0)
  expect(outcomesOf(result)).toEqual([expect.stringMatching(/^OHA .*certificate/)])
})
