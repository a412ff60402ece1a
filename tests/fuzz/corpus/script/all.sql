\query n SELECT 1;
\set a random_zipfian(1, :n * 3 + 4, 1.2) %% 7
\set b random_exponential(1, 9, 2.5) / -(3 - 3)
\sleep :a ms
SELECT $x$:a$x$, E'\':a', ':a', ":a", :a::int, /* /* : */ */ b[1:2] -- :a
;
