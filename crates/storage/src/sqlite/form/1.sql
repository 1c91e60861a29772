-- A study, as an append-only list of facts. Nothing here is ever changed or deleted: the checksums would tell.
-- body: the fact as JSON. curve: a fold's losses by epoch, little-endian f32 pairs (training, validation), NaN: none.
-- checksum: over the checksum before, seq, body and curve.
CREATE TABLE record (
    seq      INTEGER PRIMARY KEY,
    body     TEXT NOT NULL,
    curve    BLOB,
    checksum BLOB NOT NULL,
    kind     TEXT AS (body ->> '$.kind') VIRTUAL
) STRICT;

-- The last record's seq and checksum: without it, a list that lost its end would look whole.
CREATE TABLE head (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    seq      INTEGER NOT NULL,
    checksum BLOB NOT NULL
) STRICT;
INSERT INTO head VALUES (1, 0, zeroblob(16));

-- For people, to look in with any SQLite; the program reads none of these.
CREATE VIEW trials AS
SELECT body ->> '$.trial'      AS trial,
       body ->> '$.revision'   AS revision,
       body ->> '$.origin'     AS origin,
       body ->> '$.params'     AS params,
       body ->> '$.watermark'  AS watermark,
       body ->> '$.seen'       AS seen,
       body ->> '$.at_seconds' AS at_seconds
FROM record WHERE kind = 'trial';

CREATE VIEW params AS
SELECT body ->> '$.trial'   AS trial,
       each.value ->> '$[0]' AS name,
       each.value ->> '$[1]' AS value
FROM record, json_each(body, '$.params') AS each WHERE kind = 'trial';

CREATE VIEW folds AS
SELECT body ->> '$.trial'         AS trial,
       body ->> '$.split'         AS split,
       body ->> '$.state'         AS state,
       body ->> '$.reason'        AS reason,
       body ->> '$.loss'          AS loss,
       body ->> '$.epochs'        AS epochs,
       body ->> '$.n_parameters'  AS n_parameters,
       body ->> '$.multiply_adds' AS multiply_adds,
       body ->> '$.seconds'       AS seconds,
       body ->> '$.at_seconds'    AS at_seconds
FROM record WHERE kind = 'fold';

CREATE VIEW metrics AS
SELECT body ->> '$.trial'    AS trial,
       body ->> '$.split'    AS split,
       each.value ->> '$[0]' AS name,
       each.value ->> '$[1]' AS value
FROM record, json_each(body, '$.metrics') AS each WHERE kind = 'fold';

CREATE VIEW study AS
SELECT seq,
       kind,
       body ->> '$.text'   AS text,
       body ->> '$.folder' AS folder,
       body ->> '$.facts'  AS facts
FROM record WHERE kind IN ('study', 'revision');
