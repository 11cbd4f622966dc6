-- The role that this server signs in as may add to the audit log and read it, and no more: the triggers refuse a change, and
-- so does the role's own lack of a grant. For the owner too; whoever owns the table has to grant it back first.
REVOKE UPDATE, DELETE, TRUNCATE ON audit FROM PUBLIC;
REVOKE UPDATE, DELETE, TRUNCATE ON audit FROM CURRENT_USER;
