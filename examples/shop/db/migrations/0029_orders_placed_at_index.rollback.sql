DROP INDEX sales.orders_placed_at_idx;
