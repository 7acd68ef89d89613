import {Command} from '@oclif/core/command'
import {wantsJson} from './argv.ts'
import {cleanJson, cleanText} from './clean.ts'
import {beginRun, type GlobalFlags, type OpenRun, type Run} from './context.ts'
import {globalFlags} from './flags.ts'
import {asInterruption} from './interruption.ts'
import {exitRequest, isOclifError, usageError} from './usage.ts'

/**
 * What all commands share. A command parses its flags, begins a run, calls one operation, prints what
 * came of it, and returns it: that object is the document which `--json` prints, with the warnings
 * added. Its errors are thrown; `main` prints them.
 */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true
  static override baseFlags = globalFlags

  readonly #warnings: string[] = []
  #run: OpenRun | undefined

  abstract override run(): Promise<object>

  /** What the command has of the world: display, signal, environment. */
  protected async begin(flags: GlobalFlags): Promise<Run> {
    this.#run = await beginRun(flags, (warning) => this.#warnings.push(warning))
    return this.#run
  }

  /**
   * Prints a result for people, once the work is done: a task still open counts as cancelled.
   * Prints nothing under `--json`, where the returned object is the result.
   */
  protected async print(text: string): Promise<void> {
    await this.#run?.display.close()
    if (!this.jsonEnabled()) process.stdout.write(`${cleanText(text)}\n`)
  }

  override warn(input: string | Error): string | Error {
    const text = typeof input === 'string' ? input : input.message
    if (this.jsonEnabled()) this.#warnings.push(text)
    else if (this.#run === undefined) process.stderr.write(`Warning: ${cleanText(text)}\n`)
    else this.#run.display.warn(text)
    return input
  }

  /** oclif's own also listens to an environment variable, which the exit point for errors doesn't. */
  override jsonEnabled(): boolean {
    return wantsJson(this.argv)
  }

  override logJson(document: unknown): void {
    process.stdout.write(`${cleanJson(document)}\n`)
  }

  /** An operation's own warnings may have been displayed as well: each is told once. */
  protected override toSuccessJson(result: {readonly warnings?: readonly string[]}): object {
    return {...result, warnings: [...new Set([...(result.warnings ?? []), ...this.#warnings])]}
  }

  /** oclif prints nothing for a command without a result, but a program must find a document. */
  // oxlint-disable-next-line no-underscore-dangle -- oclif's name
  protected override async _run<Result>(): Promise<Result> {
    // oxlint-disable-next-line no-underscore-dangle -- oclif's name
    const result = await super._run<Result>()
    if (result === undefined && this.jsonEnabled()) this.logJson(this.toSuccessJson({}))
    return result
  }

  protected override async catch(error: Error): Promise<void> {
    const signal = this.#run?.signal
    await this.#run?.close()
    if (exitRequest(error) === 0) return
    // Kept from the result, they are not lost.
    for (const warning of this.#warnings) process.stderr.write(`Warning: ${cleanText(warning)}\n`)
    throw isOclifError(error) && exitRequest(error) === undefined
      ? usageError(error, this.config.bin, this.id?.replaceAll(':', ' '))
      : asInterruption(error, signal)
  }

  protected override async finally(): Promise<void> {
    await this.#run?.close()
  }
}
