DROP TABLE inventory.stock_movements;
DROP FUNCTION inventory.apply_movement();
DROP TABLE inventory.stock;
DROP SCHEMA inventory;
