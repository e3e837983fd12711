/**
 * Acts of the operator become statements that he signs. What the tables said until now is brought over
 * as it was, unsigned: the gateway signs it when it opens such a home for the first time.
 */
export const SIGNED_ACTS: readonly string[] = [
  `CREATE TABLE act(n INTEGER PRIMARY KEY, statement TEXT NOT NULL) STRICT`,
  `INSERT INTO act(n, statement)
     SELECT row_number() OVER (ORDER BY part, at, id), statement FROM (
       SELECT 1 part, created at, id, json_object('act', 'token.create', 'token', id, 'plane', plane,
           'hash', hash, 'session', session, 'created', created) statement FROM token
       UNION ALL SELECT 2, revoked, id, json_object('act', 'token.revoke', 'token', id, 'at', revoked)
         FROM token WHERE revoked IS NOT NULL
       UNION ALL SELECT 3, revoked_since, id,
           json_object('act', 'key.revoke', 'key', id, 'since', revoked_since)
         FROM publisher_key WHERE revoked_since IS NOT NULL
       UNION ALL SELECT 4, decided, approval.id,
           json_object('act', 'publisher.terms', 'publisher', publisher, 'approval', approval.id)
         FROM approval JOIN publisher_key ON publisher_key.approval = approval.id
       UNION ALL SELECT 5, 0, name, json_object('act', 'bundle.floor', 'bundle', name,
           'sequence', sequence, 'digest', digest, 'version', version) FROM bundle_floor
       UNION ALL SELECT 6, requested, id,
           json_object('act', 'approval.withdraw', 'approvals', json_array(id))
         FROM approval WHERE status = 'denied' OR status = 'approved'
           AND kind IN ('bundle.install', 'capability.enable')
           AND id NOT IN (SELECT approval FROM bundle WHERE state = 'active' AND approval IS NOT NULL)
           AND id NOT IN (SELECT approval FROM capability WHERE state = 'enabled' AND approval IS NOT NULL))`,
  `UPDATE approval SET status = 'revoked' WHERE status = 'approved' AND id IN
     (SELECT statement ->> '$.approvals[0]' FROM act WHERE statement ->> '$.act' = 'approval.withdraw')`,
  `DROP TABLE token`,
  `DROP TABLE bundle_floor`,
  `ALTER TABLE publisher_key DROP COLUMN revoked_since`,
  `ALTER TABLE approval ADD COLUMN seal TEXT`,
  // What waits was not sealed when it was asked for: it is asked for again.
  `UPDATE approval SET status = 'expired' WHERE status = 'pending'`,
];
