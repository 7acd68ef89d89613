DROP TABLE audit.changes;
DROP SCHEMA audit;
