-- Everything that a database's own schemas hold, one stable text per row: no OIDs, no column numbers, nothing that
-- depends on the session once search_path is empty and dates are set as catalogue.ts sets them.
WITH
schemas AS (
  SELECT oid, nspname, nspowner, nspacl
  FROM pg_namespace
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    AND nspname <> ALL (string_to_array(current_setting('catalogue.without'), ','))
),
-- Comments on a schema itself and on its triggers, policies and rules name the schema in the object's identity only.
hidden AS (
  SELECT format('(^| on )%s(\.|$)', schema) AS pattern
  FROM unnest(string_to_array(current_setting('catalogue.without'), ',')) AS schema
),
relations AS (
  SELECT class.*, class.oid::regclass::text AS name
  FROM pg_class AS class JOIN schemas ON schemas.oid = class.relnamespace
),
functions AS (
  SELECT proc.*, proc.oid::regprocedure::text AS name
  FROM pg_proc AS proc JOIN schemas ON schemas.oid = proc.pronamespace
),
types AS (
  SELECT type.*, type.oid::regtype::text AS name
  FROM pg_type AS type JOIN schemas ON schemas.oid = type.typnamespace
  LEFT JOIN pg_class AS class ON class.oid = type.typrelid
  WHERE type.typtype IN ('d', 'e', 'r') OR (type.typtype = 'c' AND class.relkind = 'c')
),
-- Kinds that have no part of their own below: their presence, named as PostgreSQL names them.
others AS (
  SELECT DISTINCT object.type, object.schema, object.identity
  FROM pg_depend AS depend, pg_identify_object(depend.classid, depend.objid, 0) AS object
  WHERE depend.objid >= 16384 AND depend.objsubid = 0 AND depend.classid IN (
    'pg_am'::regclass, 'pg_amop'::regclass, 'pg_amproc'::regclass, 'pg_cast'::regclass, 'pg_collation'::regclass,
    'pg_conversion'::regclass, 'pg_foreign_data_wrapper'::regclass, 'pg_foreign_server'::regclass,
    'pg_language'::regclass, 'pg_opclass'::regclass, 'pg_operator'::regclass, 'pg_opfamily'::regclass,
    'pg_transform'::regclass, 'pg_ts_config'::regclass, 'pg_ts_dict'::regclass, 'pg_ts_parser'::regclass,
    'pg_ts_template'::regclass, 'pg_user_mapping'::regclass
  )
),
comments AS (
  SELECT object.type, object.schema, object.identity, description
  FROM pg_description, pg_identify_object(classoid, objoid, objsubid) AS object
  WHERE objoid >= 16384 OR (classoid = 'pg_namespace'::regclass AND objoid = 'public'::regnamespace)
),
privileges AS (
  SELECT 'schema ' || quote_ident(nspname) AS object, coalesce(nspacl, acldefault('n', nspowner)) AS acl FROM schemas
  UNION ALL
  SELECT 'relation ' || name,
    coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
  FROM relations WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  UNION ALL
  SELECT format('column %s.%I', relations.name, attname), attacl
  FROM relations JOIN pg_attribute ON attrelid = relations.oid WHERE attacl IS NOT NULL AND NOT attisdropped
  UNION ALL
  SELECT 'function ' || name, coalesce(proacl, acldefault('f', proowner)) FROM functions
  UNION ALL
  SELECT 'type ' || name, coalesce(typacl, acldefault('T', typowner)) FROM types
  UNION ALL
  SELECT format('default for %s of %s in %s', defaclobjtype, defaclrole::regrole,
    coalesce(quote_ident(schemas.nspname), 'every schema')), defaclacl
  FROM pg_default_acl LEFT JOIN schemas ON schemas.oid = defaclnamespace
),
lines (line) AS (
  SELECT format('schema %I owner %s', nspname, nspowner::regrole) FROM schemas
  UNION ALL
  SELECT format('extension %I in %s', extname, extnamespace::regnamespace) FROM pg_extension
  UNION ALL
  SELECT concat_ws(' ', 'relation', name, 'kind', relkind, 'persistence', relpersistence, 'owner', relowner::regrole,
    'method ' || (SELECT amname FROM pg_am WHERE pg_am.oid = relam),
    'tablespace ' || (SELECT spcname FROM pg_tablespace WHERE pg_tablespace.oid = reltablespace),
    'of ' || nullif(reloftype, 0)::regtype::text,
    'options ' || reloptions::text,
    'toast ' || (SELECT toast.reloptions::text FROM pg_class AS toast WHERE toast.oid = relations.reltoastrelid),
    'replica identity ' || relreplident::text,
    CASE WHEN relrowsecurity THEN 'row security' END, CASE WHEN relforcerowsecurity THEN 'forced' END,
    'partition by ' || pg_get_partkeydef(oid),
    pg_get_expr(relpartbound, oid))
  FROM relations WHERE relkind NOT IN ('i', 'I')
  UNION ALL
  SELECT format('inherits %s from %s as %s', name, inhparent::regclass, inhseqno)
    || CASE WHEN inhdetachpending THEN ' (detach pending)' ELSE '' END
  FROM relations JOIN pg_inherits ON inhrelid = relations.oid
  UNION ALL
  SELECT format('view %s: %s', name, pg_get_viewdef(oid)) FROM relations WHERE relkind IN ('v', 'm')
  UNION ALL
  SELECT concat_ws(' ', 'column', relations.name,
    to_char(row_number() OVER (PARTITION BY attrelid ORDER BY attnum), 'FM0000'), quote_ident(attname),
    format_type(atttypid, atttypmod),
    CASE WHEN attcollation <> typcollation THEN 'collate ' || attcollation::regcollation::text END,
    CASE WHEN attnotnull THEN 'not null' END,
    'identity ' || nullif(attidentity::text, ''),
    'generated ' || nullif(attgenerated::text, ''),
    'default ' || pg_get_expr(adbin, adrelid),
    CASE WHEN attstorage <> typstorage THEN 'storage ' || attstorage::text END,
    'compression ' || nullif(attcompression::text, ''),
    'statistics ' || nullif(attstattarget, -1),
    'options ' || attoptions::text, 'fdw options ' || attfdwoptions::text,
    CASE WHEN NOT attislocal THEN 'inherited' END)
  FROM relations
  JOIN pg_attribute ON attrelid = relations.oid AND attnum > 0 AND NOT attisdropped
  JOIN pg_type AS type ON type.oid = atttypid
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
  UNION ALL
  SELECT concat_ws(' ', 'constraint', coalesce(nullif(conrelid, 0)::regclass::text, nullif(contypid, 0)::regtype::text),
    quote_ident(conname), pg_get_constraintdef(con.oid),
    CASE WHEN NOT convalidated THEN '(not validated)' END, CASE WHEN NOT conislocal THEN '(inherited)' END)
  FROM pg_constraint AS con JOIN schemas ON schemas.oid = connamespace
  UNION ALL
  SELECT concat_ws(' ', 'index', name, pg_get_indexdef(oid), 'tablespace ' || (SELECT spcname FROM pg_tablespace WHERE pg_tablespace.oid = reltablespace),
    CASE WHEN NOT indisvalid THEN '(invalid)' END, CASE WHEN NOT indisready THEN '(not ready)' END,
    'statistics ' || (SELECT string_agg(attnum || '=' || attstattarget, ' ' ORDER BY attnum)
      FROM pg_attribute WHERE attrelid = relations.oid AND attstattarget >= 0),
    CASE WHEN indisclustered THEN '(clustered)' END, CASE WHEN indisreplident THEN '(replica identity)' END)
  FROM relations JOIN pg_index ON indexrelid = oid
  UNION ALL
  SELECT format('rule %s enabled %s: %s', name, ev_enabled, pg_get_ruledef(rule.oid))
  FROM relations JOIN pg_rewrite AS rule ON ev_class = relations.oid WHERE rulename <> '_RETURN'
  UNION ALL
  SELECT format('trigger %s enabled %s: %s', name, tgenabled, pg_get_triggerdef(tg.oid))
  FROM relations JOIN pg_trigger AS tg ON tgrelid = relations.oid WHERE NOT tgisinternal
  UNION ALL
  SELECT concat_ws(' ', 'policy', name, quote_ident(polname), 'for', polcmd,
    CASE WHEN polpermissive THEN 'permissive' ELSE 'restrictive' END,
    'to', (SELECT string_agg(CASE role WHEN 0 THEN 'public' ELSE role::regrole::text END, ', ' ORDER BY role::regrole::text COLLATE "C")
      FROM unnest(polroles) AS role),
    'using ' || pg_get_expr(polqual, polrelid), 'check ' || pg_get_expr(polwithcheck, polrelid))
  FROM relations JOIN pg_policy ON polrelid = relations.oid
  UNION ALL
  SELECT concat_ws(' ', 'sequence', name, 'as', seqtypid::regtype, 'start', seqstart, 'by', seqincrement,
    'from', seqmin, 'to', seqmax, 'cache', seqcache, CASE WHEN seqcycle THEN 'cycle' END,
    (SELECT format('%s %s.%I', CASE deptype WHEN 'a' THEN 'owned by' ELSE 'identity of' END, refobjid::regclass, attname)
      FROM pg_depend JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
      WHERE classid = 'pg_class'::regclass AND objid = relations.oid AND deptype IN ('a', 'i') AND refobjsubid > 0))
  FROM relations JOIN pg_sequence ON seqrelid = oid
  UNION ALL
  SELECT format('function %s owner %s: %s', name, proowner::regrole, pg_get_functiondef(oid))
  FROM functions WHERE prokind <> 'a'
  UNION ALL
  SELECT concat_ws(' ', 'aggregate', name, 'owner', proowner::regrole, 'of', aggtransfn, aggfinalfn, aggcombinefn,
    aggtranstype::regtype, aggkind, 'initial ' || agginitval)
  FROM functions JOIN pg_aggregate ON aggfnoid = oid
  UNION ALL
  SELECT concat_ws(' ', 'type', name, 'kind', typtype, 'owner', typowner::regrole,
    'labels ' || (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = types.oid),
    CASE typtype WHEN 'd' THEN 'domain over ' || format_type(typbasetype, typtypmod) END,
    'default ' || typdefault, CASE WHEN typnotnull THEN 'not null' END, 'collate ' || nullif(typcollation, 0)::regcollation::text,
    'range of ' || (SELECT concat_ws(' ', rngsubtype::regtype, nullif(rngcollation, 0)::regcollation, opcname,
        nullif(rngcanonical, 0), nullif(rngsubdiff, 0), rngmultitypid::regtype)
      FROM pg_range JOIN pg_opclass ON pg_opclass.oid = rngsubopc WHERE rngtypid = types.oid))
  FROM types
  UNION ALL
  SELECT concat_ws(' ', 'statistics', pg_get_statisticsobjdef(ext.oid), 'owner', stxowner::regrole, 'target ' || nullif(stxstattarget, -1))
  FROM pg_statistic_ext AS ext JOIN schemas ON schemas.oid = stxnamespace
  UNION ALL
  SELECT concat_ws(' ', 'event trigger', quote_ident(evtname), evtevent, evtenabled, evttags::text, evtfoid::regprocedure)
  FROM pg_event_trigger
  UNION ALL
  SELECT format('publication %s owner %s', to_jsonb(pub) - '{oid,pubowner}'::text[], pubowner::regrole)
  FROM pg_publication AS pub
  UNION ALL
  SELECT concat_ws(' ', 'publication', quote_ident(pubname), 'of', prrelid::regclass,
    'columns ' || (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
      FROM pg_attribute WHERE attrelid = prrelid AND attnum = ANY (prattrs)),
    'where ' || pg_get_expr(prqual, prrelid))
  FROM pg_publication_rel JOIN pg_publication AS pub ON pub.oid = prpubid
  UNION ALL
  SELECT format('publication %I of schema %s', pubname, pnnspid::regnamespace)
  FROM pg_publication_namespace JOIN pg_publication AS pub ON pub.oid = pnpubid
  UNION ALL
  SELECT concat_ws(' ', type, identity) FROM others
  WHERE (schema IS NULL OR schema IN (SELECT nspname FROM schemas)) AND NOT EXISTS (SELECT FROM hidden WHERE identity ~ pattern)
  UNION ALL
  SELECT format('comment on %s %s: %s', type, identity, description) FROM comments
  WHERE (schema IS NULL OR schema IN (SELECT nspname FROM schemas)) AND NOT EXISTS (SELECT FROM hidden WHERE identity ~ pattern)
  UNION ALL
  SELECT format('privileges of %s: %s', object, string_agg(
    format('%s=%s%s/%s', CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END, privilege_type,
      CASE WHEN is_grantable THEN '*' END, grantor::regrole), ' '
    ORDER BY grantee::regrole::text COLLATE "C", privilege_type COLLATE "C", grantor::regrole::text COLLATE "C"))
  FROM privileges, aclexplode(acl) GROUP BY object
)
SELECT line FROM lines ORDER BY line COLLATE "C"
