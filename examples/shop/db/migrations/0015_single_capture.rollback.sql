-- The duplicates stay void: nobody wants their money to be taken again.
DROP INDEX sales.payments_single_capture_key;
