import { visibleLines, visibleText } from '../visible-text.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Markup of ours. Only the `html` tag and the functions beside it make it, so that no text of a Run becomes markup by mistake. */
export class SafeHtml {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type HtmlValue = string | number | SafeHtml | readonly HtmlValue[]

/** Markup with values in it: text is escaped, markup and lists of it are put in as they are. Attributes need their quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): SafeHtml {
  const parts = strings.map((markup, index) => markup + (index < values.length ? htmlOf(values[index] ?? '') : ''))
  return new SafeHtml(parts.join(''))
}

/** Text of several lines, such as the last that a target said. */
export function textLines(text: string): SafeHtml {
  return new SafeHtml(visibleLines(text).map(escapeHtml).join('<br>'))
}

/** @returns text for a `<script type="application/json">`: nothing in it ends the element or begins a comment */
export function jsonForScript(value: unknown): SafeHtml {
  return new SafeHtml(JSON.stringify(value).replaceAll('<', '\\u003c'))
}

function htmlOf(value: HtmlValue): string {
  if (value instanceof SafeHtml) return value.text
  if (typeof value === 'string') return escapeHtml(visibleText(value))
  return typeof value === 'number' ? String(value) : value.map(htmlOf).join('')
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
