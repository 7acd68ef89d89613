SELECT id, sku, category_id, name, description, price, state, created_at FROM catalog.products WHERE false;
SELECT 'draft'::catalog.product_state, 'active'::catalog.product_state, 'retired'::catalog.product_state;
