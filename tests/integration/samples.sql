-- sample(encoding): characters that the encoding has, each once, of Unicode's basic plane. The server itself must take
-- its bytes back: of EUC_TW (from plane 8 on) and JOHAB (Hangul) version 15 writes some that no restore accepts.
CREATE FUNCTION sample(encoding name) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    taken text := '';
BEGIN
    FOR i IN 161..65500 LOOP
        CONTINUE WHEN i BETWEEN 55296 AND 57343 OR (i > 13000 AND i % 16 > 0);
        BEGIN
            PERFORM pg_catalog.convert_from(pg_catalog.convert_to(pg_catalog.chr(i), encoding), encoding);
            taken := taken || pg_catalog.chr(i);
        EXCEPTION WHEN OTHERS THEN
            CONTINUE;
        END;
    END LOOP;
    RETURN taken;
END
$$;
