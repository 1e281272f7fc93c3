import { expect, test } from 'vitest'
import { startGateway } from '../src/gateway.ts'
import { answerJson, openEventStream, sendEvent, startScripted } from './scripted-server.ts'
import { connectSdkClient } from './system/sdk-client.ts'

const URI = 'load://slow/1'

test('reading a resource reports its progress to a reader who asks for it', async () => {
  const tokens: unknown[] = []
  await using backend = await startScripted((res, { id, method, params }) => {
    if (method === 'resources/list') answerJson(res, { id, result: { resources: [{ uri: URI, name: 'slow' }] } })
    else if (method === 'tools/list') answerJson(res, { id, result: { tools: [] } })
    else {
      const progressToken = params?._meta?.progressToken
      tokens.push(progressToken)
      openEventStream(res)
      sendEvent(res, { method: 'notifications/progress', params: { progressToken, progress: 1, total: 2 } })
      sendEvent(res, { id, result: { contents: [{ uri: URI, text: 'read' }] } })
      res.end()
    }
  })
  await using gateway = await startGateway({ backends: [{ name: 'b', url: backend.url }] })
  await using one = await connectSdkClient(gateway.url)
  const seen: unknown[] = []
  const onprogress = ({ progress, total }: { progress: number; total?: number | undefined }) =>
    seen.push([progress, total])
  const read = await one.client.readResource({ uri: URI }, { onprogress })
  expect(read.contents).toMatchObject([{ text: 'read' }])
  expect(seen).toEqual([[1, 2]])
  await one.client.readResource({ uri: URI })
  expect(tokens).toEqual([expect.any(Number), undefined])
})
