import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { AppendFile, unwritable } from './append-file.ts'
import type { JournalLine, MinuteLine, RecordHead } from './record-lines.ts'
import { HEAD_FILE, journalName } from './record-reader.ts'

/** A folder's names have to be on the disk as well, where the system has such a thing. */
export async function openJournal(folder: string, number: number): Promise<AppendFile> {
  const journal = await AppendFile.open(join(folder, journalName(number)))
  await syncFolder(folder)
  return journal
}

export async function writeHead(folder: string, head: RecordHead): Promise<void> {
  const path = join(folder, HEAD_FILE)
  try {
    const file = await open(`${path}.tmp`, 'w')
    await file.writeFile(`${JSON.stringify(head, undefined, 2)}\n`)
    await file.sync()
    await file.close()
    await rename(`${path}.tmp`, path)
  } catch (cause) {
    throw unwritable(path, cause)
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  await using opened = await open(folder, 'r')
  await opened.sync()
}

export function lineOf(line: JournalLine | MinuteLine): string {
  return `${JSON.stringify(line)}\n`
}
