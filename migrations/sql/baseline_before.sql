-- What the tables of the baseline need to exist first.

-- Who acts in this transaction; set by the unit of work, empty means nobody.
CREATE FUNCTION app_account_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog
RETURN nullif(current_setting('app.account_id', true), '')::uuid;

-- array_to_string is only STABLE, because it must serve every element type; for text it is
-- immutable, which a generated column asks for.
CREATE FUNCTION immutable_join(words text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog
RETURN array_to_string(words, ' ');
