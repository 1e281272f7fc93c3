import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A service of which it is open whether it starts; ended with the scope that holds it, and all that it started. */
export interface LaunchedProcess extends AsyncDisposable {
  readonly pid: number
  readonly exit: Promise<Exit>
  kill(signal: NodeJS.Signals): void
  /** What it and its processes have complained of so far. */
  stderr(): string
}

/** A started service. */
export interface TestProcess extends LaunchedProcess {
  /** Its MCP endpoint. */
  readonly url: string
}

export interface FailedStart extends Exit {
  readonly stdout: string
  readonly stderr: string
}

type Script = 'main' | 'backend-main'

const scriptPath = (script: Script) => fileURLToPath(new URL(`../../src/${script}.ts`, import.meta.url))

export function startGatewayProcess(...args: string[]): Promise<TestProcess> {
  return start('main', ['--port', '0', ...args])
}

/** Does not wait until it is ready. */
export function launchGatewayProcess(...args: string[]): LaunchedProcess {
  return launch('main', ['--port', '0', ...args])
}

export function startBackendProcess(...args: string[]): Promise<TestProcess> {
  return start('backend-main', args)
}

/** Runs the gateway with arguments it is expected to refuse. */
export async function runGatewayToItsEnd(...args: string[]): Promise<FailedStart> {
  const child = spawn(process.execPath, [scriptPath('main'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const text = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    text.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    text.stderr += chunk
  })
  await once(child, 'close')
  return { ...text, code: child.exitCode, signal: child.signalCode }
}

async function start(script: Script, args: readonly string[]): Promise<TestProcess> {
  const launched = launch(script, args)
  const url = await launched.firstUrl
  if (url === undefined) throw new Error(`${script} ${args.join(' ')} did not start`)
  return { ...launched, url }
}

function launch(script: Script, args: readonly string[]) {
  // A group of its own, so that a test can press Ctrl-C in it: the terminal signals the whole group.
  const child = spawn(process.execPath, [scriptPath(script), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${script} ${args.join(' ')} could not be started`)
  const exit = once(child, 'exit').then((): Exit => ({ code: child.exitCode, signal: child.signalCode }))
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
    process.stderr.write(chunk)
  })
  const dispose = async () => {
    killGroup(pid)
    await exit
  }
  return {
    pid,
    exit,
    firstUrl: firstUrl(child.stdout),
    kill: (signal: NodeJS.Signals) => void child.kill(signal),
    stderr: () => stderr,
    [Symbol.asyncDispose]: dispose,
  }
}

/** What a process started may be left when it has ended itself. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // nothing is left
  }
}

async function firstUrl(stdout: NodeJS.ReadableStream): Promise<string | undefined> {
  for await (const line of createInterface({ input: stdout })) {
    const url = /listening on (\S+)/.exec(line)?.[1]
    if (url !== undefined) {
      stdout.resume()
      return url
    }
  }
  return undefined
}

/** Processes that run, as pid and parent's pid. */
async function runningProcesses(): Promise<{ readonly pid: number; readonly parentPid: number }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat='])
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => !state?.startsWith('Z'))
    .map(([pid, parentPid]) => ({ pid: Number(pid), parentPid: Number(parentPid) }))
}

export async function childrenOf(parent: number): Promise<number[]> {
  return (await runningProcesses()).filter(({ parentPid }) => parentPid === parent).map(({ pid }) => pid)
}

export async function countRunning(pids: readonly number[]): Promise<number> {
  return (await runningProcesses()).filter(({ pid }) => pids.includes(pid)).length
}
