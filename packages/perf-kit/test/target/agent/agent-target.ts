import { type TargetAgent, type TargetOptions, TargetProcess } from '../../../src/target/index.ts'

/** A process that runs a script, which tells where it listens. */
export const script = (source: string): readonly string[] => [process.execPath, '--eval', source]

/**
 * A server that does as it is told: `/stall?ms=300`, `/garbage`, `/keep` and `/drop`, `/hold` (answers never), `/cpu`. What it answers
 * is what it knows itself of what it did.
 */
export const OBEDIENT = `
  const now = () => Number(process.hrtime.bigint())
  const deeds = {
    '/stall': (query) => { const from = now(); while (now() - from < 1e6 * query.get('ms')); return { stalledNs: now() - from } },
    '/garbage': () => {
      const from = now(); let kept = []
      for (let turn = 0; turn < 400000; turn++) kept.push({ turn, more: [turn] })
      return { fromNs: from, toNs: now(), kept: kept.length }
    },
    '/keep': () => (globalThis.kept = Array.from({ length: 300000 }, (_, turn) => ({ turn }))).length,
    '/drop': () => delete globalThis.kept,
    '/cpu': () => process.cpuUsage(),
  }
  const server = require('node:http').createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://x')
    if (pathname === '/hold') return
    response.end(JSON.stringify(deeds[pathname]?.(searchParams) ?? 'hello'))
  })
  server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))`

export async function startWithAgent(options: Partial<TargetOptions> = {}): Promise<TargetProcess> {
  return await TargetProcess.start({
    command: script(OBEDIENT),
    ready: { log: /listening on (\S+)/ },
    agent: true,
    ...options,
  })
}

export function agentOf({ agent, withoutAgent }: TargetProcess): TargetAgent {
  if (agent === undefined) throw new Error(`there is no agent: ${withoutAgent}`)
  return agent
}

/** Make it do something, and hear what it says of it. */
export async function tell({ url }: TargetProcess, deed: string): Promise<unknown> {
  return await (await fetch(new URL(deed, url))).json()
}
