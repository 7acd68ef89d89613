CREATE TYPE sales.order_status AS ENUM ('pending', 'paid', 'shipped', 'cancelled');

CREATE SEQUENCE sales.order_numbers AS bigint START WITH 100001;
COMMENT ON SEQUENCE sales.order_numbers IS 'Order numbers may have gaps: invoices have their own, elsewhere';

CREATE TABLE sales.orders (
  id bigint GENERATED ALWAYS AS IDENTITY,
  number text NOT NULL DEFAULT 'S-' || nextval('sales.order_numbers'),
  customer_id bigint NOT NULL,
  status sales.order_status NOT NULL DEFAULT 'pending',
  placed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT orders_pkey PRIMARY KEY (id),
  CONSTRAINT orders_number_key UNIQUE (number),
  CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES sales.customers (id)
);
COMMENT ON TABLE sales.orders IS 'One row per checkout';
COMMENT ON COLUMN sales.orders.number IS 'What the customer sees';

ALTER SEQUENCE sales.order_numbers OWNED BY sales.orders.number;
CREATE INDEX orders_customer_id_idx ON sales.orders (customer_id);

CREATE TABLE sales.order_lines (
  order_id bigint NOT NULL,
  line_no smallint NOT NULL,
  product_id bigint NOT NULL,
  quantity integer NOT NULL,
  unit_price numeric(12, 2) NOT NULL,
  CONSTRAINT order_lines_pkey PRIMARY KEY (order_id, line_no),
  CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES sales.orders (id) ON DELETE CASCADE,
  CONSTRAINT order_lines_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products (id),
  CONSTRAINT order_lines_quantity_check CHECK (quantity > 0),
  CONSTRAINT order_lines_unit_price_check CHECK (unit_price >= 0)
);
COMMENT ON TABLE sales.order_lines IS 'What was ordered, at the price of that day';

CREATE INDEX order_lines_product_id_idx ON sales.order_lines (product_id);

INSERT INTO sales.orders (number, customer_id, status, placed_at)
SELECT
  'S-' || 100000 + n,
  customer.id,
  (ARRAY['pending', 'paid', 'paid', 'shipped', 'shipped', 'shipped', 'cancelled'])[1 + n % 7]::sales.order_status,
  timestamptz '2024-02-01 08:00:00+00' + n * interval '7 hours'
FROM generate_series(1, 240) AS n
JOIN sales.customers AS customer ON customer.email = format('customer%s@example.com', 1 + n % 20)
ORDER BY n;

SELECT setval('sales.order_numbers', 100240);

INSERT INTO sales.order_lines (order_id, line_no, product_id, quantity, unit_price)
SELECT placed.id, line.no, product.id, 1 + placed.id % 3, product.price
FROM sales.orders AS placed
CROSS JOIN (VALUES (1, 'COF-0001'), (2, 'PAP-0002')) AS line (no, sku)
JOIN catalog.products AS product ON product.sku = line.sku
ORDER BY placed.number, line.no;
