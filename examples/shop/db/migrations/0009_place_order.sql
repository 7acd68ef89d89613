-- A body in SQL's own form: parsed now, so the columns that it reads cannot be dropped under it.
CREATE FUNCTION sales.order_total(order_id bigint) RETURNS numeric
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT coalesce(sum(line.line_total), 0)
  FROM sales.order_lines AS line
  WHERE line.order_id = order_total.order_id;
END;
COMMENT ON FUNCTION sales.order_total(bigint) IS 'Euro; 0 for an order that does not exist';

CREATE FUNCTION sales.place_order(customer_id bigint, lines jsonb) RETURNS text
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

  INSERT INTO sales.orders AS o (customer_id) VALUES (place_order.customer_id) RETURNING o.* INTO placed;

  INSERT INTO sales.order_lines (order_id, line_no, product_id, quantity, unit_price)
  SELECT placed.id, line.no, product.id, (line.item ->> 'quantity')::integer, product.price
  FROM jsonb_array_elements(lines) WITH ORDINALITY AS line (item, no)
  JOIN catalog.products AS product ON product.sku = line.item ->> 'sku';

  RETURN placed.number;
END;
$function$;
COMMENT ON FUNCTION sales.place_order(bigint, jsonb) IS
  'Places an order, lines as [{"sku": "COF-0001", "quantity": 2}, ...]; returns its number';
