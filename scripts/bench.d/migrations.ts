/**
 * Generated migrations like those that teams have: a table of eight columns with an index and a comment; every tenth
 * has a function and a trigger, every seventh alters an earlier table. About 820 bytes each.
 */
export function migrationSql(number: number): string {
  const table = `bench_${String(number).padStart(5, '0')}`
  const parts = [
    `CREATE TABLE ${table} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL CHECK (email LIKE '%@%'),
  amount numeric(12, 2) NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'open', 'closed')),
  tags text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz
);`,
    `CREATE INDEX ${table}_email_idx ON ${table} (email);`,
    `COMMENT ON TABLE ${table} IS 'Number ${number} of the benchmark';`,
  ]
  if (number % 10 === 0) {
    parts.push(`CREATE FUNCTION ${table}_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;
CREATE TRIGGER touch BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${table}_touch();`)
  }
  if (number % 7 === 0) parts.push(`ALTER TABLE ${table} ADD COLUMN note text;`)
  return `${parts.join('\n')}\n`
}

export function migrationName(number: number): string {
  return `${String(number).padStart(4, '0')}_bench.sql`
}
