CREATE SCHEMA inventory;
COMMENT ON SCHEMA inventory IS 'What lies in which warehouse, and how it got there';

CREATE TABLE inventory.stock (
  product_id bigint NOT NULL,
  warehouse text NOT NULL,
  quantity integer NOT NULL,
  CONSTRAINT stock_pkey PRIMARY KEY (product_id, warehouse),
  CONSTRAINT stock_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products (id),
  CONSTRAINT stock_quantity_check CHECK (quantity >= 0)
);
COMMENT ON TABLE inventory.stock IS 'Kept by the movements'' trigger; never written by hand';

CREATE SEQUENCE inventory.stock_movement_ids AS bigint;

CREATE TABLE inventory.stock_movements (
  id bigint NOT NULL DEFAULT nextval('inventory.stock_movement_ids'),
  moved_on date NOT NULL,
  product_id bigint NOT NULL,
  warehouse text NOT NULL,
  delta integer NOT NULL,
  CONSTRAINT stock_movements_pkey PRIMARY KEY (id, moved_on),
  CONSTRAINT stock_movements_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products (id),
  CONSTRAINT stock_movements_delta_check CHECK (delta <> 0)
) PARTITION BY RANGE (moved_on);
COMMENT ON TABLE inventory.stock_movements IS 'One row per delivery or withdrawal; a partition per year';

ALTER SEQUENCE inventory.stock_movement_ids OWNED BY inventory.stock_movements.id;
CREATE INDEX stock_movements_product_id_idx ON inventory.stock_movements (product_id, moved_on);

CREATE TABLE inventory.stock_movements_2023 PARTITION OF inventory.stock_movements
FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE inventory.stock_movements_2024 PARTITION OF inventory.stock_movements
FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE inventory.stock_movements_2025 PARTITION OF inventory.stock_movements
FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

CREATE FUNCTION inventory.apply_movement() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO inventory.stock AS stock (product_id, warehouse, quantity)
  VALUES (NEW.product_id, NEW.warehouse, NEW.delta)
  ON CONFLICT (product_id, warehouse) DO UPDATE SET quantity = stock.quantity + EXCLUDED.quantity;
  RETURN NULL;
END;
$$;

CREATE TRIGGER stock_movements_apply
AFTER INSERT ON inventory.stock_movements
FOR EACH ROW EXECUTE FUNCTION inventory.apply_movement();

INSERT INTO inventory.stock_movements (moved_on, product_id, warehouse, delta)
SELECT delivery.moved_on, product.id, delivery.warehouse, delivery.quantity
FROM (VALUES
  (date '2023-11-06', 'north', 400),
  (date '2024-03-11', 'south', 250),
  (date '2025-01-20', 'north', 120)
) AS delivery (moved_on, warehouse, quantity)
CROSS JOIN catalog.products AS product
WHERE product.state = 'active'
ORDER BY delivery.moved_on, product.sku;
