CREATE SCHEMA audit;
COMMENT ON SCHEMA audit IS 'Who changed what; append-only';

CREATE SEQUENCE audit.change_ids AS bigint CACHE 20;

CREATE TABLE audit.changes (
  id bigint NOT NULL DEFAULT nextval('audit.change_ids'),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL DEFAULT current_user,
  table_name text NOT NULL,
  operation text NOT NULL,
  before jsonb,
  after jsonb,
  CONSTRAINT changes_pkey PRIMARY KEY (id, changed_at),
  CONSTRAINT changes_operation_check CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE')),
  CONSTRAINT changes_rows_check CHECK (
    (before IS NULL) = (operation = 'INSERT') AND (after IS NULL) = (operation = 'DELETE')
  )
) PARTITION BY RANGE (changed_at);
COMMENT ON TABLE audit.changes IS 'A partition per year, so that old years can be taken away as a whole';

ALTER SEQUENCE audit.change_ids OWNED BY audit.changes.id;
CREATE INDEX changes_table_name_idx ON audit.changes (table_name, changed_at);

-- Bounds carry their offset: without one they would mean another moment in another session's time zone.
CREATE TABLE audit.changes_2024 PARTITION OF audit.changes
FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2025-01-01 00:00:00+00');
CREATE TABLE audit.changes_2025 PARTITION OF audit.changes
FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2026-01-01 00:00:00+00');
CREATE TABLE audit.changes_other PARTITION OF audit.changes DEFAULT;
COMMENT ON TABLE audit.changes_other IS 'Catches what has no partition yet: a late rotation must not stop the shop';
