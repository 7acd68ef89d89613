DROP TRIGGER payments_record_change ON sales.payments;
DROP TRIGGER orders_record_change ON sales.orders;
DROP TRIGGER products_record_change ON catalog.products;
DROP FUNCTION audit.record_change();
