-- Every object is written with its schema, here and in all later files: nothing depends on search_path.
CREATE SCHEMA common;
COMMENT ON SCHEMA common IS 'Functions that every area of the shop shares';

CREATE SCHEMA catalog;
COMMENT ON SCHEMA catalog IS 'What the shop sells';

CREATE SCHEMA sales;
COMMENT ON SCHEMA sales IS 'Customers, their orders and their payments';
