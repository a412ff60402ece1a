-- What the server says of every pair of bytes above 7f 00: 1 a text, 0 none, 2 a text that has no
-- like in the database's encoding, ? something else.
CREATE FUNCTION probe(enc text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text := '';
    t text;
BEGIN
    FOR x IN 128..255 LOOP
        FOR y IN 1..255 LOOP
            BEGIN
                t := convert_from(decode(lpad(to_hex(x * 256 + y), 4, '0'), 'hex'), enc);
                said := said || '1';
            EXCEPTION
                WHEN character_not_in_repertoire THEN said := said || '0';
                WHEN untranslatable_character THEN said := said || '2';
                WHEN OTHERS THEN said := said || '?';
            END;
        END LOOP;
    END LOOP;
    RETURN said;
END $$;

-- A row for every character of two bytes that the encoding and the database have, and a table with
-- one of them, ending in a backslash where there is one, in all its names.
CREATE FUNCTION fill(enc text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    b bytea;
    t text;
    n int := 0;
BEGIN
    CREATE TABLE t (id int, a text, b text);
    FOR x IN 128..255 LOOP
        FOR y IN 48..255 LOOP
            CONTINUE WHEN y % 4 <> 0 AND y <> 65 AND y <> 92 AND y <> 124;
            b := decode(lpad(to_hex(x * 256 + y), 4, '0'), 'hex');
            BEGIN
                t := convert_from(b, enc);
                IF convert_to(t, enc) = b THEN
                    INSERT INTO t VALUES (n, t, E'\\x\t' || t || E'\n' || t || E'\\');
                    n := n + 1;
                END IF;
            EXCEPTION WHEN OTHERS THEN NULL;
            END;
        END LOOP;
    END LOOP;
    SELECT a INTO t FROM t ORDER BY right(convert_to(a, enc)::text, 2) = '5c' DESC, id LIMIT 1;
    EXECUTE format('CREATE TABLE %I (%I int, b text)', 'x' || t, t);
    EXECUTE format('INSERT INTO %I VALUES (1, %L)', 'x' || t, t || '''\');
    EXECUTE format('COMMENT ON TABLE %I IS %L', 'x' || t, t || '''\;');
END $$;
