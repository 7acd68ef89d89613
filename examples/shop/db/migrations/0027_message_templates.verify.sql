DO $$
BEGIN
  ASSERT (
    SELECT subject FROM sales.message_templates WHERE key = 'order-placed' AND locale = 'en'
  ) = E'Thank you, {{name}}! \U0001F389', 'the emoji did not arrive as it was written';
  ASSERT sales.render_message('order-placed', 'de', '{"number": "S-100001"}') = E'Grüße; Ihr Paket ''S-100001'' ist unterwegs.\\\n',
    'the German text did not arrive as it was written';
  ASSERT sales.render_message('goodbye', 'nl', '{}') = 'C:\temp\ ends with a backslash\', 'a backslash was lost';
END
$$;
