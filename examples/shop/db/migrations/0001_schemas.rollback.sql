DROP SCHEMA sales;
DROP SCHEMA catalog;
DROP SCHEMA common;
