DO $$
BEGIN
  ASSERT 'card'::sales.payment_method < 'wallet' AND 'wallet'::sales.payment_method < 'invoice',
    'the payment methods are in another order';
END
$$;
