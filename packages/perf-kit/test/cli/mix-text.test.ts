import { describe, expect, it } from 'vitest'
import { parseMix } from '../../src/cli/mix-text.ts'

const call = (name: string, args: object = {}) => ({ method: 'tools/call', params: { name, arguments: args } })

describe('a mix, as text', () => {
  it.each<[string, string[], object[]]>([
    [
      'operations with weights',
      ['call echo=8, list=1, ping=.5'],
      [
        { ...call('echo'), weight: 8 },
        { method: 'tools/list', params: {}, weight: 1 },
        { method: 'ping', params: {}, weight: 0.5 },
      ],
    ],
    ['one without a weight, which is 1', ['ping'], [{ method: 'ping', params: {}, weight: 1 }]],
    [
      'several lists, put together',
      ['call a = 2', 'list resources'],
      [
        { ...call('a'), weight: 2 },
        { method: 'resources/list', params: {}, weight: 1 },
      ],
    ],
    [
      'arguments with all that separates elsewhere',
      ['call add {"text":"a=1, }\\"{,=","deep":{"b":[1,2]}} = 3, ping'],
      [
        { ...call('add', { text: 'a=1, }"{,=', deep: { b: [1, 2] } }), weight: 3 },
        { method: 'ping', params: {}, weight: 1 },
      ],
    ],
    [
      'resources, whose address may have a sign of equality',
      ['subscribe load://a/1=2, unsubscribe load://a/1, read load://a?x=1=3'],
      [
        { method: 'resources/subscribe', params: { uri: 'load://a/1' }, weight: 2 },
        { method: 'resources/unsubscribe', params: { uri: 'load://a/1' }, weight: 1 },
        { method: 'resources/read', params: { uri: 'load://a?x=1' }, weight: 3 },
      ],
    ],
  ])('may have %s', (_title, texts, operations) => {
    expect(parseMix(texts)).toEqual(operations)
  })

  it.each([
    ['a misspelt word', 'cal echo=8', '"cal" is no operation — did you mean "call"?'],
    ['a word of nobody', 'dance=1', '"dance" is no operation'],
    ['nothing', '', 'an operation is missing'],
    ['nothing between two commas', 'ping,,list', 'an operation is missing'],
    ['a weight alone', '=3', 'there is no operation before "=3"'],
    ['a weight of 0', 'ping=0', 'the weight of "ping" must be a number above 0, and is "0"'],
    ['a negative weight', 'ping=-1', 'and is "-1"'],
    ['a weight that is none', 'ping=NaN', 'and is "NaN"'],
    ['a weight that is empty', 'ping=', 'and is ""'],
    ['an endless weight', 'ping=Infinity', 'and is "Infinity"'],
    ['no tool', 'call=3', '"call" needs a tool: call echo'],
    ['arguments of no tool', 'call {"a":1}=3', '"call" needs a tool: call echo'],
    ['arguments that are no object', 'call a [1]', 'the arguments of "a" are no JSON object: [1]'],
    ['arguments that end too early', 'call a {"b":1', 'the arguments of "a" are no JSON object: {"b":1'],
    ['no resource', 'subscribe=1', '"subscribe" needs a resource'],
    ['something after a ping', 'ping me', '"ping" takes nothing after it, and "me" stands there'],
    ['a list of something else', 'list tool', '"list tool" lists nothing — did you mean "tools"?'],
  ])('is refused with %s', (_title, text, says) => {
    expect(() => parseMix([text])).toThrow(says)
  })

  it('is told all that is wrong with it at once', () => {
    expect(() => parseMix(['cal a, ping=0', 'lst'])).toThrow(
      /did you mean "call"\?; the weight of "ping" .*; "lst" is no operation — did you mean "list"\?/,
    )
  })
})
