-- Hotfix: a notification that the provider sent twice must not charge an order twice.
UPDATE sales.payments AS payment
SET state = 'void', captured_at = NULL
WHERE payment.state = 'captured'
  AND EXISTS (
    SELECT FROM sales.payments AS earlier
    WHERE earlier.order_id = payment.order_id AND earlier.state = 'captured' AND earlier.id < payment.id
  );

CREATE UNIQUE INDEX payments_single_capture_key ON sales.payments (order_id) WHERE state = 'captured';
COMMENT ON INDEX sales.payments_single_capture_key IS 'An order is charged once';
