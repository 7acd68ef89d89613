-- squizzle: statement-timeout=10min
UPDATE sales.orders SET country = NULL WHERE country IS NOT NULL;
