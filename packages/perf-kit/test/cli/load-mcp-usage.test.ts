import { expect, it } from 'vitest'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { perfKit } from './perf-kit-process.ts'

it.each([
  ['a tool without --mcp', ['--call', 'echo'], '--subscribe and --protocol-version are for MCP'],
  ['a mix without --mcp', ['--mix', 'ping'], '--subscribe and --protocol-version are for MCP'],
  ['a mix and a tool', ['--mcp', '--mix', 'ping', '--call', 'a'], '--call asks one thing, and --mix several'],
  ['a misspelt mix', ['--mcp', '--mix', 'call a, pign=2'], '"pign" is no operation — did you mean "ping"?'],
  ['cancelling without --mcp', ['--cancel', '5%@200ms'], '--subscribe and --protocol-version are for MCP'],
  ['no share to cancel', ['--mcp', '--cancel', '200ms'], 'Write a share and a delay, such as 5%@200ms'],
  ['more than all to cancel', ['--mcp', '--cancel', '101%@1s'], 'must be above 0 %, and 100 % at most'],
  ['a version of nobody', ['--mcp', '--protocol-version', '2027-01-01'], 'Allowed choices are 2025-03-26'],
  [
    'sessions where there are none',
    ['--mcp', '--protocol-version', '2026-07-28', '--session-requests', '5'],
    'MCP 2026-07-28 has no sessions that could end',
  ],
  ['a body of MCP', ['--mcp', '--body', 'x'], 'of plain HTTP, and not of MCP: --body'],
  [
    'a list of requests of MCP',
    ['--mcp', '-m', 'PUT', '--body-size', '1kB'],
    'of plain HTTP, and not of MCP: --method, --body-size',
  ],
  ['arguments of no tool', ['--mcp', '--arguments', '{}'], '--arguments are those of a tool'],
  ['arguments that are no object', ['--mcp', '--call', 'a', '--arguments', '[1]'], 'Write a JSON object such as'],
  ['arguments that are no JSON', ['--mcp', '--call', 'a', '--arguments', '{a'], 'Write a JSON object such as'],
])('is usage: %s', async (_title, args, says) => {
  await using project = await TemporaryProject.create({})
  const { exitCode, stdout, shown } = await perfKit(project, ['load', 'http://127.0.0.1:9/', ...args])
  expect(shown).toContain(says)
  expect(stdout).toBe('')
  expect(exitCode).toBe(2)
})
