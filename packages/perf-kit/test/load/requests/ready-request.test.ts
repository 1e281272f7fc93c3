import { expect, it } from 'vitest'
import { readyRequest } from '../../../src/load/requests/ready-request.ts'

it('a request’s headers replace those of the load with the same name, in capitals or not, and add to the others', () => {
  const defaults = { path: '/', headers: { 'Content-Type': 'text/plain', 'x-a': '1' } }
  expect(readyRequest({ headers: { 'content-type': 'application/json', 'X-B': '2' } }, defaults).headers).toEqual({
    'content-type': 'application/json',
    'x-a': '1',
    'X-B': '2',
  })
})
