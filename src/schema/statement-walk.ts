import {textOf, type Token} from './lexer.ts'

/** `CREATE OR REPLACE FUNCTION`: as many words tell whether a body of statements may follow. */
const openingWords = 4

/**
 * Goes through the tokens of a script and tells where its statements end: at semicolons outside of
 * parentheses (a rule has statements in them) and of BEGIN ATOMIC ... END.
 */
export class StatementWalk {
  readonly #bytes: Uint8Array
  #first: Token | undefined
  #isCopy = false
  #isRoutine = false
  #words = 0
  /** The last word, in lower case: kept only where something depends on it. */
  #last = ''
  #parentheses = 0
  /** BEGIN ATOMIC and each CASE inside of it. */
  #bodies = 0
  #stdin = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** No statement has begun. */
  get isEmpty(): boolean {
    return this.#first === undefined
  }

  /** Where the statement begins, if it is a COPY that reads the rows behind it. */
  get copyFromStdin(): number | undefined {
    return this.#stdin ? this.#first?.start : undefined
  }

  reset(): void {
    this.#first = undefined
    this.#isCopy = false
    this.#isRoutine = false
    this.#words = 0
    this.#last = ''
    this.#parentheses = 0
    this.#bodies = 0
    this.#stdin = false
  }

  /** Takes the next token that is no comment. @returns whether it is a semicolon that ends the statement */
  add(token: Token): boolean {
    const symbol = token.kind === 'symbol' ? this.#bytes[token.start] : undefined
    if (symbol === semicolon && this.#parentheses === 0 && this.#bodies === 0) return true
    const isFirst = this.#first === undefined
    this.#first ??= token
    if (token.kind === 'word') this.#addWord(token, isFirst)
    else {
      this.#last = ''
      if (symbol === opening) this.#parentheses += 1
      if (symbol === closing) this.#parentheses = Math.max(0, this.#parentheses - 1)
    }
    return false
  }

  #addWord(token: Token, isFirst: boolean): void {
    const watched = this.#isCopy || this.#isRoutine || this.#words < openingWords
    this.#words += 1
    if (!watched) return
    // no word of a keyword's length is missed, and no long one is made a text
    const word = token.end - token.start > longestKeyword ? '' : this.#lower(token)
    if (isFirst) this.#isCopy = word === 'copy'
    // The grammar takes stdout too, and reads all the same.
    if (this.#isCopy && this.#parentheses === 0 && this.#last === 'from') {
      this.#stdin ||= word === 'stdin' || word === 'stdout'
    }
    if (word === 'function' || word === 'procedure') this.#isRoutine ||= this.#words <= openingWords
    if (this.#isRoutine) this.#addBody(word)
    this.#last = word
  }

  #addBody(word: string): void {
    if (this.#bodies > 0) {
      if (word === 'case') this.#bodies += 1
      if (word === 'end') this.#bodies -= 1
    } else if (word === 'atomic' && this.#last === 'begin') this.#bodies = 1
  }

  #lower(token: Token): string {
    return textOf(this.#bytes, token).toLowerCase()
  }
}

const longestKeyword = 'procedure'.length
const semicolon = ';'.charCodeAt(0)
const opening = '('.charCodeAt(0)
const closing = ')'.charCodeAt(0)
