import { pathToFileURL } from 'node:url'
import type { Browser } from './browser.ts'

export interface View {
  readonly widthPx: number
  readonly heightPx: number
  readonly scheme: 'light' | 'dark'
}

/** A page in a browser, with all that it complained of and all that it asked for. */
export class BrowserPage {
  readonly complaints: string[] = []
  readonly requested: string[] = []
  /** its own, which is the first of what is asked for */
  readonly url: string
  readonly #browser: Browser
  readonly #sessionId: string
  readonly #loaded = Promise.withResolvers<void>()

  private constructor(browser: Browser, sessionId: string, url: string) {
    this.url = url
    this.#browser = browser
    this.#sessionId = sessionId
    browser.listen((method, parameters, from) => {
      if (from === sessionId) this.#hear(method, parameters)
    })
  }

  static async open(browser: Browser, file: string, { widthPx, heightPx, scheme }: View): Promise<BrowserPage> {
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true })
    const page = new BrowserPage(browser, String(sessionId), pathToFileURL(file).href)
    for (const domain of ['Page', 'Runtime', 'Log', 'Network', 'Audits']) await page.send(`${domain}.enable`)
    const metrics = { width: widthPx, height: heightPx, deviceScaleFactor: 1, mobile: widthPx < 600 }
    await page.send('Emulation.setDeviceMetricsOverride', metrics)
    await page.useScheme(scheme)
    await page.send('Page.navigate', { url: page.url })
    await page.#loaded.promise
    await page.settle()
    return page
  }

  async send(method: string, parameters: Readonly<Record<string, unknown>> = {}) {
    return await this.#browser.send(method, parameters, this.#sessionId)
  }

  async useScheme(scheme: View['scheme']): Promise<void> {
    await this.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
  }

  /** Two frames: what was asked for is laid out, and drawn. */
  async settle(): Promise<void> {
    await this.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))')
  }

  /** What an expression comes to in the page; it may be a promise. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    if (isObject(answer['exceptionDetails'])) throw new Error(JSON.stringify(answer['exceptionDetails']))
    return isObject(answer['result']) ? answer['result']['value'] : undefined
  }

  async press(key: string): Promise<void> {
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code: key })
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key })
    await this.settle()
  }

  /** @returns the PNG, base64 */
  async screenshot(): Promise<string> {
    const { data } = await this.send('Page.captureScreenshot', { captureBeyondViewport: true })
    return String(data)
  }

  #hear(method: string, parameters: Readonly<Record<string, unknown>>): void {
    if (method === 'Page.loadEventFired') this.#loaded.resolve()
    if (method === 'Network.requestWillBeSent' && isObject(parameters['request'])) {
      this.requested.push(String(parameters['request']['url']))
    }
    const isConsole = method === 'Runtime.consoleAPICalled' || method === 'Runtime.exceptionThrown'
    if (isConsole || method === 'Log.entryAdded' || method === 'Audits.issueAdded') {
      this.complaints.push(`${method} ${JSON.stringify(parameters)}`)
    }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
