import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { TemporaryProject } from '../bench/temporary-project.ts'

/** A server that answers at once. */
export const ANSWERS = `import { createServer } from 'node:http'
const server = createServer((request, response) => response.end('hello'))
server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))
`

export const STEADY = `export default { about: 'two clients', clients: 2, think: '5ms' }\n`

const config = (command: string, more = '') =>
  `export default { load: { target: { command: ${command}, ready: { log: /listening on (\\S+)/ }, stopTimeout: '1s'${more} } } }\n`

/** A project with a scenario, and a target of some lines. */
export async function soakProject(
  server: string,
  files: Readonly<Record<string, string>> = {},
): Promise<TemporaryProject> {
  return await TemporaryProject.create({
    'server.mjs': server,
    'perf-kit.config.ts': config(`['${process.execPath}', 'server.mjs']`),
    'soak/steady.soak.ts': STEADY,
    ...files,
  })
}

/** Folders of soaks that have begun, the oldest first. */
export async function sessionsOf(project: TemporaryProject): Promise<string[]> {
  const names = await readdir(project.path('.perf-kit/soak')).catch(() => [])
  const folders = names.toSorted().map((name) => `.perf-kit/soak/${name}`)
  return folders.filter((folder) => existsSync(project.path(`${folder}/session.json`)))
}
