DROP TRIGGER orders_touch_status_changed_at ON sales.orders;
ALTER TABLE sales.orders DROP COLUMN status_changed_at;
DROP FUNCTION sales.touch_status_changed_at();

DROP TRIGGER products_touch_updated_at ON catalog.products;
ALTER TABLE catalog.products DROP COLUMN updated_at;
DROP FUNCTION common.touch_updated_at();
