import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PerfKitError } from '../errors/index.ts'
import { FOLDER_VARIABLE, SOCKET_SUFFIX, TOKEN_VARIABLE, WHOLE_STACKS_VARIABLE } from './agent/messages.ts'

const PREFIX = 'perf-kit-agent-'
/** What the system takes as a socket's path: 104 bytes on macOS, 108 on Linux, with a zero at its end. */
const LONGEST_PATH_BYTES = 103
const LONGEST_NAME = `/${PREFIX}XXXXXX/4194304-${'z'.repeat(13)}${SOCKET_SUFFIX}`
const TOKEN_BYTES = 24

/** A socket that an agent has made, in the process of that number. */
export interface AgentSocket {
  readonly pid: number
  readonly path: string
}

/** Where the agents of one target listen: a folder that only this user may enter, removed with all that is in it. */
export class AgentFolder {
  readonly path: string
  readonly token = randomBytes(TOKEN_BYTES).toString('hex')

  private constructor(path: string) {
    this.path = path
  }

  static async create(): Promise<AgentFolder> {
    const isShort = Buffer.byteLength(tmpdir() + LONGEST_NAME) <= LONGEST_PATH_BYTES
    // mkdtemp makes it for its owner alone.
    return new AgentFolder(await mkdtemp(join(isShort ? tmpdir() : '/tmp', PREFIX)))
  }

  /**
   * What a target is to have in its environment.
   *
   * @param nodeOptions - what it would have there without us
   * @param isTraceable - its garbage can be collected when that is asked for, and V8 tells functions apart
   */
  environment(nodeOptions: string | undefined, isTraceable = false): Readonly<Record<string, string>> {
    const own = `${isTraceable ? '--expose-gc ' : ''}--import=${agentUrl()}`
    return {
      NODE_OPTIONS: nodeOptions === undefined || nodeOptions === '' ? own : `${nodeOptions} ${own}`,
      [FOLDER_VARIABLE]: this.path,
      [TOKEN_VARIABLE]: this.token,
      ...(isTraceable ? { [WHOLE_STACKS_VARIABLE]: '1' } : {}),
    }
  }

  /** Of processes that are still there; others leave their sockets behind. */
  async sockets(): Promise<AgentSocket[]> {
    // A target may do away with what it finds in its environment.
    const names = await readdir(this.path).catch(() => [])
    return names
      .filter((name) => name.endsWith(SOCKET_SUFFIX))
      .map((name) => ({ pid: Number.parseInt(name, 10), path: join(this.path, name) }))
      .filter(({ pid }) => isRunning(pid))
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}

/**
 * Has a target not started because of the agent? Then its last words are about the option that loads it (Node before 18.18 does
 * not have it) or about its file (which it may not read, or cannot).
 */
export function refusesAgent(error: unknown): boolean {
  if (!(error instanceof PerfKitError) || error.code !== 'TARGET_NOT_STARTED') return false
  return ['is not allowed in NODE_OPTIONS', agentUrl(), fileURLToPath(agentUrl())].some((word) =>
    error.message.includes(word),
  )
}

/** The agent itself, as a URL: spaces and quotes in its path are escaped there, as the option needs it. */
function agentUrl(): string {
  return import.meta.resolve('@gw/perf-kit/agent')
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
