ALTER TABLE sales.order_lines
  ADD COLUMN line_total numeric(14, 2) NOT NULL GENERATED ALWAYS AS (quantity * unit_price) STORED;
COMMENT ON COLUMN sales.order_lines.line_total IS 'Computed by the database, so that no two services round differently';
