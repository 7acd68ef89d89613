CREATE TABLE catalog.campaigns (
  id bigint GENERATED ALWAYS AS IDENTITY,
  product_id bigint NOT NULL,
  runs daterange NOT NULL,
  discount numeric(3, 2) NOT NULL,
  CONSTRAINT campaigns_pkey PRIMARY KEY (id),
  CONSTRAINT campaigns_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products (id) ON DELETE CASCADE,
  CONSTRAINT campaigns_runs_check CHECK (NOT isempty(runs) AND NOT lower_inf(runs)),
  CONSTRAINT campaigns_discount_check CHECK (discount > 0 AND discount < 1),
  -- A range of one product stands in for the product: GiST compares ranges without any extension.
  CONSTRAINT campaigns_never_overlap EXCLUDE USING gist (int8range(product_id, product_id, '[]') WITH =, runs WITH &&)
);
COMMENT ON TABLE catalog.campaigns IS 'A product has at most one discount on any day';
COMMENT ON COLUMN catalog.campaigns.discount IS 'Part of the price: 0.15 is 15 %';
COMMENT ON CONSTRAINT campaigns_never_overlap ON catalog.campaigns IS 'Two discounts on one day would have to be multiplied, or not';

INSERT INTO catalog.campaigns (product_id, runs, discount)
SELECT product.id, campaign.runs, campaign.discount
FROM (VALUES
  ('COF-0001', daterange('2025-11-24', '2025-12-01'), 0.15),
  ('COF-0001', daterange('2025-12-01', '2025-12-24'), 0.10),
  ('OUT-0001', daterange('2025-11-24', '2025-12-24'), 0.20)
) AS campaign (sku, runs, discount)
JOIN catalog.products AS product ON product.sku = campaign.sku
ORDER BY campaign.sku, campaign.runs;
