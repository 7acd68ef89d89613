CREATE FUNCTION common.touch_updated_at() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END;
$$;
COMMENT ON FUNCTION common.touch_updated_at() IS 'Row trigger for tables that have updated_at';

ALTER TABLE catalog.products ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();

CREATE TRIGGER products_touch_updated_at
BEFORE UPDATE ON catalog.products
FOR EACH ROW EXECUTE FUNCTION common.touch_updated_at();

CREATE FUNCTION sales.touch_status_changed_at() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  NEW.status_changed_at := now();
  RETURN NEW;
END;
$$;

ALTER TABLE sales.orders ADD COLUMN status_changed_at timestamptz;
COMMENT ON COLUMN sales.orders.status_changed_at IS 'Null while the order is as it was placed';

CREATE TRIGGER orders_touch_status_changed_at
BEFORE UPDATE OF status ON sales.orders
FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION sales.touch_status_changed_at();
