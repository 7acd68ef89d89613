CREATE FUNCTION audit.record_change() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = ''
AS $$
BEGIN
  INSERT INTO audit.changes (changed_by, table_name, operation, before, after)
  VALUES (
    session_user,
    format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME),
    TG_OP,
    CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END,
    CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END
  );
  RETURN NULL;
END;
$$;
COMMENT ON FUNCTION audit.record_change() IS 'Writes as its owner, so that nobody needs to be allowed to write the log';
REVOKE ALL ON FUNCTION audit.record_change() FROM PUBLIC;

CREATE TRIGGER products_record_change
AFTER INSERT OR UPDATE OR DELETE ON catalog.products
FOR EACH ROW EXECUTE FUNCTION audit.record_change();

CREATE TRIGGER orders_record_change
AFTER INSERT OR UPDATE OR DELETE ON sales.orders
FOR EACH ROW EXECUTE FUNCTION audit.record_change();

CREATE TRIGGER payments_record_change
AFTER INSERT OR UPDATE OR DELETE ON sales.payments
FOR EACH ROW EXECUTE FUNCTION audit.record_change();
