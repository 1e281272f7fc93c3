import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Waits for a word. Without one, because this process has ended in whatever way, it ends the group and removes the folder. Signals that
 * a terminal sends to everybody are not for it.
 */
const SCRIPT = 'trap "" INT TERM HUP; read -r word; test "$word" = over && exit; kill -s KILL -- "-$1"; rm -rf -- "$2"'

/**
 * Ends a process group when this process does, also when that is killed and can do nothing any more: a shell that holds the other end of
 * a pipe. It takes next to nothing, and no time.
 */
export class GroupKeeper {
  readonly #shell: ChildProcess

  /** @param folder - goes with the group, if there is one */
  constructor(groupPid: number, folder: string | undefined) {
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT, 'keeper', String(groupPid), folder ?? '/nonexistent'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      detached: true,
    })
    // Without a shell there is no keeper, and all else works.
    this.#shell.on('error', () => undefined)
    this.#shell.stdin?.on('error', () => undefined)
  }

  /** The group has ended by other means. */
  release(): void {
    this.#shell.stdin?.end('over\n')
  }
}
