import {styleText} from 'node:util'

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow'

/** Styles a text, or leaves it as it is where colour is not wanted. */
export type Paint = (style: Style, text: string) => string

interface Terminal {
  readonly isTTY?: boolean
}

/**
 * `NO_COLOR` (any value but an empty one) wins over `FORCE_COLOR`, which wins over what the
 * stream is; `FORCE_COLOR=0` and `TERM=dumb` mean none.
 */
export function wantsColor(stream: Terminal, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}

export function painter(colored: boolean): Paint {
  return (style, text) => (colored ? styleText(style, text, {validateStream: false}) : text)
}
