import { lookup } from 'node:dns'
import { expect, it } from 'vitest'
import { loopbackLookup } from '../../src/protocol/index.ts'
import { drive } from './drive.ts'

it('leaves localhost where it is', async () => {
  const answer = await new Promise((resolve, reject) => {
    loopbackLookup('localhost', { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)))
  })
  expect(answer).toEqual(
    expect.arrayContaining([expect.objectContaining({ address: expect.stringMatching(/^127\.|^::1$/) })]),
  )
})

it('does not look up what lies elsewhere', async () => {
  const code = await new Promise((resolve) => {
    loopbackLookup('192.0.2.1', {}, (error) => resolve((error as NodeJS.ErrnoException | null)?.code))
  })
  expect(code).toBe('REMOTE_REFUSED')
})

it('counts a name that nobody knows as what the system says of it', async () => {
  const known = await new Promise<string | undefined>((resolve) => {
    lookup('no-such-host.invalid', (error) => resolve(error?.code))
  })
  const result = await drive('http://no-such-host.invalid/')
  expect(known).toBeDefined()
  expect([...result.outcomes.keys()]).toEqual([known])
  expect(result.responseOk.totalCount).toBe(0)
})
