-- Ids of published characters by what only inverted indexes find fast: all of the tags, all of the
-- interests, a query of words; NULL asks for nothing. Under row security a viewer's statement may
-- not use these indexes, because their operators are not marked leakproof. Whoever is published is
-- for everybody, so nothing is given away here; runs with the rights of fantooo_finder.

CREATE FUNCTION published_characters(
    p_tags text[],
    p_interests text[],
    p_words tsquery
)
RETURNS TABLE (id uuid)
LANGUAGE sql STABLE SECURITY DEFINER
ROWS 50
SET search_path = public, pg_catalog, pg_temp
-- Planned for these arguments each time: what is not asked for must not be in the plan.
SET plan_cache_mode = force_custom_plan
AS $$
    SELECT f.id
    FROM fictional_users AS f
    WHERE f.is_active AND f.deleted_at IS NULL
      AND (p_tags IS NULL OR f.tags @> p_tags)
      AND (p_interests IS NULL OR f.interests @> p_interests)
      AND (p_words IS NULL OR f.search @@ p_words);
$$;
