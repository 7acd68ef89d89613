-- Dropped first: CREATE OR REPLACE VIEW could add columns, but never take one away on the way back.
DROP VIEW IF EXISTS sales.order_totals;

CREATE VIEW sales.order_totals AS
SELECT
  placed.number,
  placed.status,
  placed.placed_at,
  placed.country,
  coalesce(sum(line.line_total), 0) AS total,
  coalesce(sum(payment.amount) FILTER (WHERE payment.state = 'captured'), 0) AS paid
FROM sales.orders AS placed
LEFT JOIN sales.order_lines AS line ON line.order_id = placed.id
LEFT JOIN sales.payments AS payment ON payment.order_id = placed.id
GROUP BY placed.id;
COMMENT ON VIEW sales.order_totals IS 'What each order costs and what of it is paid, in euro';
