CREATE TYPE sales.payment_method AS ENUM ('card', 'invoice');
COMMENT ON TYPE sales.payment_method IS 'How an order is paid';

CREATE TABLE sales.payments (
  id bigint GENERATED ALWAYS AS IDENTITY,
  order_id bigint NOT NULL,
  method sales.payment_method NOT NULL DEFAULT 'card',
  state text NOT NULL DEFAULT 'authorized',
  amount numeric(14, 2) NOT NULL,
  captured_at timestamptz,
  CONSTRAINT payments_pkey PRIMARY KEY (id),
  CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES sales.orders (id),
  CONSTRAINT payments_state_check CHECK (state IN ('authorized', 'captured', 'refunded', 'void')),
  CONSTRAINT payments_amount_check CHECK (amount > 0),
  CONSTRAINT payments_captured_at_check CHECK ((state IN ('captured', 'refunded')) = (captured_at IS NOT NULL))
);
COMMENT ON TABLE sales.payments IS 'Every attempt to pay; an order may have several';
COMMENT ON COLUMN sales.payments.amount IS 'Euro';

CREATE INDEX payments_order_id_idx ON sales.payments (order_id);

CREATE VIEW sales.revenue_by_method AS
SELECT payment.method, count(*) AS payments, sum(payment.amount) AS amount
FROM sales.payments AS payment
WHERE payment.state = 'captured'
GROUP BY payment.method;
COMMENT ON VIEW sales.revenue_by_method IS 'What came in, by method; refunds taken out';

INSERT INTO sales.payments (order_id, method, state, amount, captured_at)
SELECT
  placed.id,
  CASE WHEN customer.country = 'DE' THEN 'invoice' ELSE 'card' END::sales.payment_method,
  'captured',
  sum(line.quantity * line.unit_price),
  placed.placed_at + interval '2 minutes'
FROM sales.orders AS placed
JOIN sales.customers AS customer ON customer.id = placed.customer_id
JOIN sales.order_lines AS line ON line.order_id = placed.id
WHERE placed.status IN ('paid', 'shipped')
GROUP BY placed.id, customer.country
ORDER BY placed.number;

-- The payment provider sent some notifications twice; 0015_single_capture cleans up after this.
INSERT INTO sales.payments (order_id, method, state, amount, captured_at)
SELECT payment.order_id, payment.method, payment.state, payment.amount, payment.captured_at + interval '9 seconds'
FROM sales.payments AS payment
JOIN sales.orders AS placed ON placed.id = payment.order_id
WHERE placed.number IN ('S-100011', 'S-100024', 'S-100102')
ORDER BY placed.number;
