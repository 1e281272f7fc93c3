import { type ChildProcess, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'

/**
 * Waits for words. When there come no more, because this process has ended in whatever way, it ends the group and removes the folder. Signals
 * that a terminal sends to everybody are not for it.
 */
const SCRIPT = `trap "" INT TERM HUP
group=
while read -r word number; do
  case $word in group) group=$number ;; over) exit ;; esac
done
test -n "$group" && kill -s KILL -- "-$group"
rm -rf -- "$1"`

/** Tells the keeper of itself before it becomes the program: whatever happens to this process meanwhile, the keeper knows of all that runs. */
const ANNOUNCED = 'echo "group $$" >&3; exec 3>&-; exec "$@"'

/**
 * Ends a process group when this process does, also when that is killed and can do nothing any more: a shell that holds the other end of
 * a pipe. It takes next to nothing, and no time. Not on Windows.
 */
export class GroupKeeper {
  readonly #shell: ChildProcess
  /** for the program that is kept, as its file 3 */
  readonly pipe: Writable

  /** Before what is kept. @param folder - goes with the group, if there is one */
  constructor(folder: string | undefined) {
    const shell = spawn('/bin/sh', ['-c', SCRIPT, 'keeper', folder ?? '/nonexistent'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      detached: true,
    })
    this.#shell = shell
    this.pipe = shell.stdin
    // Without a shell there is no keeper, and nothing that could be kept: the program says so then.
    shell.on('error', () => undefined)
    shell.stdin.on('error', () => undefined)
  }

  /** A command that leads its process group, with what makes it known to the keeper. */
  static announced(command: readonly string[]): readonly string[] {
    return ['/bin/sh', '-c', ANNOUNCED, 'perf-kit', ...command]
  }

  /** The group has ended by other means. */
  release(): void {
    if (this.#shell.exitCode === null) this.pipe.end('over\n')
  }
}
