ALTER TABLE inventory.stock_movements DETACH PARTITION inventory.stock_movements_2026;
DROP TABLE inventory.stock_movements_2026;
