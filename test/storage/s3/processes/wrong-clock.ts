/** Preloaded: the machine's clock is five hours ahead. */
const now = Date.now.bind(Date)
const ahead = 5 * 3_600_000
Date.now = () => now() + ahead
globalThis.Date = new Proxy(Date, {
  construct: (date, args: readonly unknown[]) =>
    Reflect.construct(date, args.length === 0 ? [date.now()] : args) as Date,
})
