-- From version 4 to 5. Views are dropped before and made anew afterwards, from views.sql; what
-- the store has now must not differ from what schema.sql makes.

-- A list of IN becomes a table of its own each time a statement checks it, OR does not. No row
-- changes: only the text of the two tables does, which SQLite documents for CHECK (ALTER TABLE, 7).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
	'CHECK (state IN (''active'', ''gone'', ''unsubscribed''))',
	'CHECK (state = ''active'' OR state = ''gone'' OR state = ''unsubscribed'')')
WHERE type = 'table' AND name = 'feed';
UPDATE sqlite_schema SET sql = replace(replace(sql,
	'CHECK (state IN (''pending'', ''ready'', ''dropped''))',
	'CHECK (state = ''pending'' OR state = ''ready'' OR state = ''dropped'')'),
	'CHECK (page_state IN (''none'', ''waiting'', ''read'', ''failed'', ''refused''))',
	'CHECK (page_state = ''none'' OR page_state = ''waiting'' OR page_state = ''read'' OR
			page_state = ''failed'' OR page_state = ''refused'')')
WHERE type = 'table' AND name = 'item';
PRAGMA writable_schema = RESET;
