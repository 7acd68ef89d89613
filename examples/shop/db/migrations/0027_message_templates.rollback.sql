DROP FUNCTION sales.render_message(text, text, jsonb);
DROP TABLE sales.message_templates;
