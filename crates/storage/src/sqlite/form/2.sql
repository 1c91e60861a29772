-- Racing: records `raced` and `epoch`; a fold says what its learning curve showed where it was judged, and what was predicted.
DROP VIEW folds;
CREATE VIEW folds AS
SELECT body ->> '$.trial'          AS trial,
       body ->> '$.split'          AS split,
       body ->> '$.state'          AS state,
       body ->> '$.reason'         AS reason,
       body ->> '$.loss'           AS loss,
       body ->> '$.epochs'         AS epochs,
       body ->> '$.n_parameters'   AS n_parameters,
       body ->> '$.multiply_adds'  AS multiply_adds,
       body ->> '$.seconds'        AS seconds,
       body ->> '$.at_seconds'     AS at_seconds,
       body ->> '$.predicted.loss' AS predicted
FROM record WHERE kind = 'fold';

CREATE VIEW raced AS
SELECT body ->> '$.trial'          AS trial,
       body ->> '$.n_folds'        AS n_folds,
       body ->> '$.predicted.loss' AS predicted,
       body ->> '$.predicted.se'   AS predicted_se,
       body ->> '$.reason'         AS reason
FROM record WHERE kind = 'raced';
