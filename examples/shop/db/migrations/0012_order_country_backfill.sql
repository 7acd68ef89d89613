-- squizzle: statement-timeout=10min
-- In batches by primary key: each statement stays short, and a notice shows how far it is.
DO $backfill$
DECLARE
  batch_size CONSTANT integer := 100;
  last_id bigint := 0;
  batch_end bigint;
  filled bigint := 0;
  touched bigint;
BEGIN
  LOOP
    SELECT max(batch.id) INTO batch_end
    FROM (SELECT id FROM sales.orders WHERE id > last_id ORDER BY id LIMIT batch_size) AS batch;
    EXIT WHEN batch_end IS NULL;

    UPDATE sales.orders AS placed
    SET country = customer.country
    FROM sales.customers AS customer
    WHERE customer.id = placed.customer_id
      AND placed.id > last_id AND placed.id <= batch_end
      AND placed.country IS NULL;
    GET DIAGNOSTICS touched = ROW_COUNT;

    filled := filled + touched;
    last_id := batch_end;
    RAISE NOTICE 'country: % orders filled, up to id %', filled, last_id;
  END LOOP;
END
$backfill$;
