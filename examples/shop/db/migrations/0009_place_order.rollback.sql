DROP FUNCTION sales.place_order(bigint, jsonb);
DROP FUNCTION sales.order_total(bigint);
