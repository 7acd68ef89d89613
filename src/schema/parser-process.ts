// The child process that parses the pieces of a large script: one answer for each request.
import {parsePiece, type PieceRequest} from './piece-parser.ts'

process.on('message', (request: PieceRequest) => {
  parsePiece(request).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({exhausted: String(error)}),
  )
})
