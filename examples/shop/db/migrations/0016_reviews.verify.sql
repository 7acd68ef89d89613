SELECT product_id, customer_id, rating, body, created_at FROM catalog.reviews WHERE false;
SELECT product_id, rating, reviews FROM catalog.product_ratings WHERE false;
