// The child process that parses the pieces of a large script: one answer for each request.
import {parsePiece, type PieceRequest} from './piece-parser.ts'

// A Ctrl-C reaches every process of the terminal: what becomes of this one is for its parent to say.
process.on('SIGINT', () => undefined)

process.on('message', (request: PieceRequest) => {
  parsePiece(request).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({exhausted: String(error)}),
  )
})
