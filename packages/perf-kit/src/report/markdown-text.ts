import { visibleText } from './visible-text.ts'

/** Everything that could end a cell, start markup, mention somebody or load a picture becomes plain text. */
export function escapeMarkdown(text: string): string {
  return (
    visibleText(text)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replace(/[\\`*_{}[\]|~!$]/g, (character) => `\\${character}`)
      // GitHub looks for @names and #numbers after it has rendered the text, so that escaping them does not help.
      .replaceAll(/[@#]/g, (character) => `${character}&#8203;`)
  )
}

/** A picture made of characters: blanks count. */
export function codeCell(picture: string): string {
  return picture.trim() === '' ? '' : `<code>${picture.replaceAll(' ', '&nbsp;')}</code>`
}

/** A heading and one line an item; nothing when there are none. */
export function markdownList(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return []
  return [`#### ${title}`, '', ...items.map((item) => `- ${escapeMarkdown(item.replaceAll('\n', ' '))}`)]
}
