-- Made and filled beside the parent, attached at the end: the check spares ATTACH its scan under a lock.
CREATE TABLE inventory.stock_movements_2026 (
  LIKE inventory.stock_movements INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
  CONSTRAINT stock_movements_2026_bounds CHECK (moved_on >= '2026-01-01' AND moved_on < '2027-01-01')
);

-- The opening count of the year moves nothing, so it is written before the parent's trigger applies here.
INSERT INTO inventory.stock_movements_2026 (moved_on, product_id, warehouse, delta)
SELECT date '2026-01-01', stock.product_id, 'opening:' || stock.warehouse, stock.quantity
FROM inventory.stock
WHERE stock.quantity > 0
ORDER BY stock.product_id, stock.warehouse;

ALTER TABLE inventory.stock_movements
  ATTACH PARTITION inventory.stock_movements_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
ALTER TABLE inventory.stock_movements_2026 DROP CONSTRAINT stock_movements_2026_bounds;
