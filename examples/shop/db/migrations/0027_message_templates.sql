/* What the shop writes to its customers.
   /* Comments nest in PostgreSQL; a semicolon ends nothing in here, and neither does */
   an apostrophe that's alone, or $$. */
CREATE TABLE sales.message_templates (
  key text NOT NULL,
  locale text NOT NULL DEFAULT 'en',
  subject text NOT NULL,
  body text NOT NULL,
  "reply-to; may be null" text,
  CONSTRAINT message_templates_pkey PRIMARY KEY (key, locale),
  CONSTRAINT message_templates_locale_check CHECK (locale ~ '^[a-z]{2}(_[A-Z]{2})?$')
);
COMMENT ON TABLE sales.message_templates IS E'Placeholders look like {{name}}.\nLine ends in a body are plain newlines.';
COMMENT ON COLUMN sales.message_templates."reply-to; may be null" IS 'Named as the mail tool''s import wants it';

INSERT INTO sales.message_templates (key, locale, subject, body, "reply-to; may be null") VALUES
  ('order-placed', 'en', 'Thank you, {{name}}! 🎉', $body$Hello {{name}};

we've got your order {{number}} -- it's on its way soon.
It comes to $ {{total}} (not $$); /* this is no comment */
$body$, NULL),
  ('order-placed', 'fr', 'Merci, {{name}} ☕', $body_fr$L'été n'attend pas; votre commande {{number}} est notée.
$body$ n'est pas la fin; $$ non plus.
$body_fr$, 'équipe@example.com'),
  ('order-placed', 'de', U&'Sch\00F6n, dass Sie da sind', E'Gr\u00FC\u00DFe; Ihr Paket \'{{number}}\' ist unterwegs.\\\n', 'post@example.com'),
  ('goodbye', 'en', 'So long; and '
    'thanks', 'C:\temp\ ends with a backslash\', '');

CREATE FUNCTION sales.render_message(template_key text, template_locale text, fields jsonb) RETURNS text
LANGUAGE plpgsql STABLE
AS $render$
DECLARE
  rendered text;
  field record;
BEGIN
  EXECUTE $q$SELECT body FROM sales.message_templates WHERE key = $1 AND locale IN ($2, 'en') ORDER BY locale = 'en' LIMIT 1;$q$
  INTO rendered USING template_key, template_locale;

  FOR field IN SELECT key, value FROM jsonb_each_text(fields) LOOP
    rendered := replace(rendered, '{{' || field.key || '}}', field.value); -- what's left over stays; it's seen that way
  END LOOP;
  RETURN rendered;
END;
$render$;
COMMENT ON FUNCTION sales.render_message(text, text, jsonb) IS 'Falls back to English; null where there is no such template';
