-- Dropped first: CREATE OR REPLACE VIEW could add columns, but never take one away on the way back.
DROP VIEW IF EXISTS sales.order_totals;

-- Lines and payments are summed apart: joined to each other, every line would count once per payment.
CREATE VIEW sales.order_totals AS
SELECT
  placed.number,
  placed.status,
  placed.placed_at,
  sales.order_total(placed.id) AS total,
  coalesce(payment.captured, 0) AS paid
FROM sales.orders AS placed
LEFT JOIN LATERAL (
  SELECT sum(amount) AS captured FROM sales.payments WHERE order_id = placed.id AND state = 'captured'
) AS payment ON true;
COMMENT ON VIEW sales.order_totals IS 'What each order costs and what of it is paid, in euro';
