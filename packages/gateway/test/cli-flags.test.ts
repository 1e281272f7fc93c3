import { describe, expect, test } from 'vitest'
import { count, durationMs, port, ratio, readCommandLine, renderHelp } from '../src/cli-flags.ts'

const createFlags = () => ({
  port: port('Where to listen.'),
  'pool-size': count('Connections.'),
  'acquire-timeout': durationMs('Longest wait.'),
  'fail-ratio': ratio('Share of failures.'),
})

describe('readCommandLine', () => {
  test('reads values in both forms, and the last one counts', () => {
    const flags = createFlags()
    expect(readCommandLine(['--port', '1', '--port=0', '--acquire-timeout', '1.5s'], flags).kind).toBe('run')
    expect([flags.port.last, flags.port.values, flags['acquire-timeout'].last]).toEqual([0, [1, 0], 1500])
  })

  test('reports everything wrong at once, and says what was meant', () => {
    const argv = [
      '--pool-sise',
      '3',
      '--port',
      '99999',
      '--fail-ratio',
      '2',
      'extra',
      '--zzz',
      '1',
      '--acquire-timeout',
    ]
    expect(readCommandLine(argv, createFlags())).toEqual({
      kind: 'wrong',
      problems: [
        'unknown flag --pool-sise, did you mean --pool-size?',
        'unexpected argument "3"',
        '--port takes a port from 0 to 65535, 0 for any free one, got "99999"',
        '--fail-ratio takes a number from 0 to 1, got "2"',
        'unexpected argument "extra"',
        'unknown flag --zzz',
        'unexpected argument "1"',
        '--acquire-timeout takes a duration such as 500ms, 5s or 2m, got nothing',
      ],
    })
  })

  test('is not fooled by flags named like members of every object', () => {
    expect(readCommandLine(['--constructor=1'], createFlags()).kind).toBe('wrong')
  })

  test('asks for help in either form, and the help names every flag', () => {
    expect(readCommandLine(['--help'], createFlags()).kind).toBe('help')
    expect(readCommandLine(['-h'], createFlags()).kind).toBe('help')
    for (const name of Object.keys(createFlags())) expect(renderHelp('x', createFlags())).toContain(`--${name}`)
  })
})
