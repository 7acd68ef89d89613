-- Detaching left a check of the old bounds behind, under which attaching again scans nothing.
ALTER TABLE inventory.stock_movements
  ATTACH PARTITION inventory.stock_movements_2023 FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
ALTER TABLE inventory.stock_movements_2023 DROP CONSTRAINT stock_movements_2023_moved_on_check;
