-- Expand, first of four steps: new orders are written with a country before old ones must have it.
ALTER TABLE sales.orders ADD COLUMN country text;
COMMENT ON COLUMN sales.orders.country IS 'Where the order goes, ISO 3166-1 alpha-2: decides about VAT';

CREATE OR REPLACE FUNCTION sales.place_order(customer_id bigint, lines jsonb) RETURNS text
LANGUAGE plpgsql
AS $function$
DECLARE
  placed sales.orders;
  unavailable text;
BEGIN
  IF jsonb_typeof(lines) IS DISTINCT FROM 'array' OR jsonb_array_length(lines) = 0 THEN
    RAISE EXCEPTION 'an order needs at least one line' USING ERRCODE = 'invalid_parameter_value';
  END IF;

  SELECT string_agg(line.sku, ', ' ORDER BY line.sku) INTO unavailable
  FROM jsonb_to_recordset(lines) AS line (sku text, quantity integer)
  WHERE NOT EXISTS (
    SELECT FROM catalog.products AS product WHERE product.sku = line.sku AND product.state = 'active'
  );
  IF unavailable IS NOT NULL THEN
    RAISE EXCEPTION 'cannot be ordered: %', unavailable
      USING ERRCODE = 'check_violation', HINT = 'Only active products can be ordered; take the others out of the basket.';
  END IF;

  INSERT INTO sales.orders AS o (customer_id, country)
  SELECT customer.id, customer.country FROM sales.customers AS customer WHERE customer.id = place_order.customer_id
  RETURNING o.* INTO placed;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no customer %', customer_id USING ERRCODE = 'foreign_key_violation';
  END IF;

  INSERT INTO sales.order_lines (order_id, line_no, product_id, quantity, unit_price)
  SELECT placed.id, line.no, product.id, (line.item ->> 'quantity')::integer, product.price
  FROM jsonb_array_elements(lines) WITH ORDINALITY AS line (item, no)
  JOIN catalog.products AS product ON product.sku = line.item ->> 'sku';

  RETURN placed.number;
END;
$function$;
