import { describe, expect, it } from 'vitest'
import { html, jsonForScript, textLines } from '../../../src/report/html/safe-html.ts'

describe('markup with text in it', () => {
  it('escapes the text, in elements and in attributes', () => {
    const hostile = `"><script>alert('x')</script>&amp;`
    expect(html`<p title="${hostile}">${hostile}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;">&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;</p>',
    )
  })

  it('puts in markup, numbers and lists of both as they are', () => {
    expect(html`<ul>${[1, 'a<b'].map((item) => html`<li>${item}</li>`)}</ul>`.text).toBe(
      '<ul><li>1</li><li>a&lt;b</li></ul>',
    )
  })

  it('spells out what moves a cursor or turns the writing direction', () => {
    expect(html`${'a\u202eb\u0000\u001b[31m'}`.text).toBe('a\\u{202e}b\\u{0}\\u{1b}[31m')
  })

  it('keeps the lines of a text that has some', () => {
    expect(textLines('one\n<two>').text).toBe('one<br>&lt;two&gt;')
  })
})

describe('JSON in a script element', () => {
  it('ends no element, begins no comment, and reads back as it was', () => {
    const value = { name: '</script><!--<script>\u2028' }
    const { text } = jsonForScript(value)
    expect(text).not.toContain('<')
    expect(JSON.parse(text)).toEqual(value)
  })
})
