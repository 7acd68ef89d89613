CREATE TABLE sales.customers (
  id bigint GENERATED ALWAYS AS IDENTITY,
  email text NOT NULL,
  name text NOT NULL,
  country text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT customers_pkey PRIMARY KEY (id),
  CONSTRAINT customers_email_check CHECK (email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  CONSTRAINT customers_name_check CHECK (btrim(name) <> ''),
  CONSTRAINT customers_country_check CHECK (country ~ '^[A-Z]{2}$')
);
COMMENT ON TABLE sales.customers IS 'People who have an account';
COMMENT ON COLUMN sales.customers.country IS 'ISO 3166-1 alpha-2';

-- Plain text and an index over lower() instead of citext: nothing to install.
CREATE UNIQUE INDEX customers_email_key ON sales.customers (lower(email));
COMMENT ON INDEX sales.customers_email_key IS 'One account per address, whatever its case';

INSERT INTO sales.customers (email, name, country, created_at)
SELECT
  format('customer%s@example.com', n),
  format('Customer %s', n),
  (ARRAY['DE', 'FR', 'NL', 'AT'])[1 + n % 4],
  timestamptz '2024-01-03 10:00:00+00' + n * interval '1 hour'
FROM generate_series(1, 20) AS n
ORDER BY n;
