import { createHash } from 'node:crypto'
import { html, jsonForScript, SafeHtml } from './safe-html.ts'

export interface PageParts {
  readonly title: string
  readonly style: string
  readonly script: string
  /** for the script, as JSON */
  readonly data: unknown
  readonly body: SafeHtml
}

/** Two bars; drawn here, because a page that asks for a picture asks somebody. */
const ICON =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E%3Cpath d=%22M3 14V7m5 7V2m5 12v-4%22 stroke=%22%230067a8%22 stroke-width=%223%22/%3E%3C/svg%3E'

/**
 * One file that needs nothing else. Its policy lets the browser load nothing and run nothing but what is written here: text of a
 * Run that became markup by a mistake of ours could do no harm.
 */
export function pageDocument({ title, style, script, data, body }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new SafeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="${new SafeHtml(ICON)}">
<style>${new SafeHtml(style)}</style>
</head>
<body>
${body}<script type="application/json" id="charts">${jsonForScript(data)}</script>
<script>${new SafeHtml(script)}</script>
</body>
</html>
`
  return text
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
