DO $$
BEGIN
  ASSERT NOT has_function_privilege('public', 'audit.record_change()', 'EXECUTE'), 'everyone may call audit.record_change()';
  ASSERT (
    SELECT count(*) FROM pg_catalog.pg_trigger
    WHERE tgfoid = 'audit.record_change()'::regprocedure AND tgenabled = 'O' AND NOT tgisinternal
  ) >= 3, 'a table that must be audited is not';
END
$$;
