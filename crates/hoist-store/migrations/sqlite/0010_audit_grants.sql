-- SQLite has no roles: the triggers of the audit log and the mode of the file are what there is.
SELECT 1;
