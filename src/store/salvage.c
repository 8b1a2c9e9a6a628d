#include "store/salvage.h"

#include "core/buf.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"
#include "store/leaves.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>

enum {
	LOOK_EVERY = 500, /* rows */
	TREES_MAX = 1000,
	JUDGED_ROWS = 500, /* of a tree */
};

/* So many rows of a tree pass the test of its table: others may be damaged. */
#define JUDGED_SHARE 0.9

/*
 * Whether a row may be one of that table, when no schema says where it begins: ?1, ?2 are its
 * columns, those of the key first. What has no test is made of the rest, or not missed.
 */
static const struct {
	const char *table, *sql;
} tests[] = {
	{"cursor",
		"SELECT ?2 BETWEEN 0 AND (SELECT coalesce(max(seq), 0) + 100000 FROM arrival) AND "
		"?3 > 1500000000 AND NOT EXISTS (SELECT 1 FROM (SELECT rule FROM item WHERE rule IS "
		"NOT NULL LIMIT 10000) WHERE instr(', ' || rule || ', ', ', ' || ?1 || ', '))"},
	{"edition_section",
		"SELECT EXISTS (SELECT 1 FROM edition WHERE id = ?1) AND EXISTS (SELECT 1 FROM "
		"section WHERE id = ?2) AND NOT EXISTS (SELECT 1 FROM edition_item WHERE edition_id = "
		"?1 AND section_id = ?2 AND position = ?3 AND item_id = ?4)"},
	{"edition_source", "SELECT EXISTS (SELECT 1 FROM edition WHERE id = ?1) AND EXISTS "
			   "(SELECT 1 FROM feed WHERE id = ?2)"},
	{"host", "SELECT ?1 LIKE '%.%' AND ?1 NOT LIKE '%/%' AND ?3 BETWEEN 0 AND 1000 AND "
		 "(?2 = 0 OR ?2 > 1500000000)"},
	{"image_leaving", "SELECT length(?1) = 64 AND length(?2) BETWEEN 1 AND 5"},
	{"item_alias",
		"SELECT ?1 LIKE 'http%://%' AND EXISTS (SELECT 1 FROM item WHERE id = ?2 AND "
		"canonical IS NOT ?1) AND NOT EXISTS (SELECT 1 FROM image WHERE url = ?1) AND NOT "
		"EXISTS (SELECT 1 FROM feed WHERE url = ?1) AND NOT EXISTS (SELECT 1 FROM robots "
		"WHERE authority = ?1)"},
	{"item_image", "SELECT EXISTS (SELECT 1 FROM item WHERE id = ?1) AND EXISTS "
		       "(SELECT 1 FROM image WHERE url = ?2)"},
	{"rule",
		"SELECT ?2 > 0 AND ?3 > 1500000000 AND EXISTS (SELECT 1 FROM (SELECT rule FROM item "
		"WHERE rule IS NOT NULL LIMIT 10000) WHERE instr(', ' || rule || ', ', ', ' || ?1 || "
		"', '))"},
	{"setting", "SELECT length(?1) < 40 AND ?1 NOT GLOB '*[^a-z-]*'"},
	{"site_block", "SELECT ?1 LIKE '%.%' AND ?3 BETWEEN 1 AND 1000000 AND ?4 > 1500000000"},
	{"walk_document", "SELECT EXISTS (SELECT 1 FROM feed WHERE id = ?1) AND ?2 LIKE 'http%' "
			  "AND ?3 IN (0, 1) AND ?4 > 1500000000"},
};

struct column {
	char kind;      /* first letter of INTEGER, TEXT, REAL, BLOB; 'K': the rowid */
	bool is_needed; /* also in a key, where SQLite itself would let null pass */
};

struct target {
	char *name;
	bool is_keyed, is_wanted, has_few;
	uint32_t root;    /* first page of its tree; 0: nobody has told */
	int count, least; /* a row of an older store lacks columns that were added at the end */
	struct column columns[LEAF_COLUMNS];
	sqlite3_stmt *insert;
	sqlite3_stmt *test; /* NULL: none */
};

/* One that begins at a page of which no schema tells. */
struct tree {
	uint32_t root;
	int rows;
	int passed[ARRAY_LEN(tests)];
};

struct salvage {
	sqlite3 *to;
	sqlite3 *from; /* NULL: its schema cannot be read */
	struct tree *trees;
	size_t tree_count, tree_space;
	struct target *targets;
	size_t count, space;
	int64_t rows, looked_at;
	const struct watching *watching;
};

/* In the order in which they stand in a row: a table without rowid begins with its key. */
static void read_columns(struct salvage *s, struct target *target)
{
	static const char sql[] =
		"SELECT name, type, \"notnull\" OR pk, pk AND NOT ?2 AND "
		"(SELECT sum(pk > 0) FROM pragma_table_info(?1)) = 1, dflt_value "
		"FROM pragma_table_info(?1) ORDER BY CASE WHEN ?2 AND pk THEN pk ELSE 1000 + cid END";
	struct buf names = {0}, marks = {0};
	sqlite3_stmt *rows = NULL;
	struct column *column;
	const char *preset;
	char *insert;

	sqlite3_prepare_v2(s->to, sql, -1, &rows, NULL);
	sqlite3_bind_text(rows, 1, target->name, -1, SQLITE_STATIC);
	sqlite3_bind_int(rows, 2, target->is_keyed);
	while (sqlite3_step(rows) == SQLITE_ROW && target->count < LEAF_COLUMNS) {
		column = &target->columns[target->count++];
		column->kind = str_eq(sql_text(rows, 1), "INTEGER") && sqlite3_column_int(rows, 3)
				       ? 'K'
				       : *sql_text(rows, 1);
		column->is_needed = sqlite3_column_int(rows, 2);
		preset = sql_text(rows, 4);
		if (column->is_needed && !preset)
			target->least = target->count;
		buf_printf(&names, "%s\"%s\"", names.len ? ", " : "", sql_text(rows, 0));
		buf_printf(&marks, "%scoalesce(?, %s)", marks.len ? ", " : "",
			preset ? preset : "NULL");
	}
	sqlite3_finalize(rows);
	insert = xasprintf("INSERT OR IGNORE INTO \"%s\" (%s) VALUES (%s)", target->name,
		buf_text(&names), buf_text(&marks));
	sqlite3_prepare_v2(s->to, insert, -1, &target->insert, NULL);
	free(insert);
	buf_finish(&names);
	buf_finish(&marks);
}

/* Where its tree begins, as the damaged store says. */
static uint32_t read_root(struct salvage *s, const char *name)
{
	sqlite3_stmt *row = NULL;
	uint32_t root = 0;

	if (s->from)
		sqlite3_prepare_v2(s->from,
			"SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?1", -1,
			&row, NULL);
	sqlite3_bind_text(row, 1, name, -1, SQLITE_STATIC);
	if (row && sqlite3_step(row) == SQLITE_ROW && sqlite3_column_int64(row, 0) > 0)
		root = (uint32_t)sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	return root;
}

static void prepare_test(struct salvage *s, struct target *target)
{
	for (size_t i = 0; i < ARRAY_LEN(tests); i++) {
		if (str_eq(tests[i].table, target->name))
			sqlite3_prepare_v2(s->to, tests[i].sql, -1, &target->test, NULL);
	}
}

static void read_targets(struct salvage *s, const char *wanted)
{
	sqlite3_stmt *tables = NULL;

	sqlite3_prepare_v2(s->to,
		"SELECT name, wr, instr(coalesce(?1, ' ' || name || ' '), ' ' || name || ' ') "
		"AND type = 'table', wr AND ncol < ?2 FROM pragma_table_list WHERE schema = 'main' "
		"AND type IN ('table', 'shadow') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
		-1, &tables, NULL);
	sqlite3_bind_text(tables, 1, wanted, -1, SQLITE_STATIC);
	sqlite3_bind_int(tables, 2, SALVAGE_FEW_COLUMNS);
	while (sqlite3_step(tables) == SQLITE_ROW) {
		struct target *target;

		ARRAY_GROW(s->targets, s->count, s->space);
		target = &s->targets[s->count++];
		*target = (struct target){.name = sql_dup(tables, 0),
			.is_keyed = sqlite3_column_int(tables, 1),
			.is_wanted = sqlite3_column_int(tables, 2),
			.has_few = sqlite3_column_int(tables, 3)};
		target->root = read_root(s, target->name);
		read_columns(s, target);
		if (target->has_few && target->is_wanted)
			prepare_test(s, target);
	}
	sqlite3_finalize(tables);
}

static bool fits_column(const struct column *column, const struct leaf_value *value)
{
	if (column->kind == 'K' || value->type == SQLITE_NULL)
		return value->type == SQLITE_NULL && (column->kind == 'K' || !column->is_needed);
	switch (column->kind) {
	case 'I': return value->type == SQLITE_INTEGER;
	case 'R': return value->type == SQLITE_FLOAT || value->type == SQLITE_INTEGER;
	case 'T': return value->type == SQLITE_TEXT && utf8_is_valid(value->data, value->len);
	default: return value->type == SQLITE_BLOB;
	}
}

static bool fits(const struct target *target, const struct leaf_row *row, bool is_whole)
{
	int i;

	if (target->is_keyed != row->is_keyed ||
		(is_whole ? row->count != target->count
			  : row->count < target->least || row->count >= target->count))
		return false;
	for (i = 0; i < row->count; i++) {
		if (!fits_column(&target->columns[i], &row->values[i]))
			return false;
	}
	return true;
}

static void bind(sqlite3_stmt *insert, int place, const struct column *column,
	const struct leaf_row *row, const struct leaf_value *value)
{
	if (column->kind == 'K')
		sqlite3_bind_int64(insert, place, row->rowid);
	else if (value->type == SQLITE_INTEGER)
		sqlite3_bind_int64(insert, place, value->number);
	else if (value->type == SQLITE_FLOAT)
		sqlite3_bind_double(insert, place, value->real);
	else if (value->type == SQLITE_TEXT)
		sqlite3_bind_text64(
			insert, place, value->data, value->len, SQLITE_STATIC, SQLITE_UTF8);
	else if (value->type == SQLITE_BLOB)
		sqlite3_bind_blob64(insert, place, value->data, value->len, SQLITE_STATIC);
}

/* NULL: none, or nobody can tell which. */
static struct target *target_of(struct salvage *s, const struct leaf_row *row, bool is_whole)
{
	struct target *target, *found = NULL;

	for (target = s->targets; target < s->targets + s->count; target++) {
		if (target->has_few || !fits(target, row, is_whole))
			continue;
		if (found)
			return NULL;
		found = target;
	}
	return found;
}

static void put(struct salvage *s, struct target *target, const struct leaf_row *row)
{
	for (int i = 0; i < row->count; i++)
		bind(target->insert, i + 1, &target->columns[i], row, &row->values[i]);
	if (sqlite3_step(target->insert) == SQLITE_DONE)
		s->rows += sqlite3_changes64(s->to);
	sqlite3_reset(target->insert);
	sqlite3_clear_bindings(target->insert);
}

/* By the tree that it stands in. */
static struct target *target_at(struct salvage *s, const struct leaf_row *row)
{
	struct target *target;

	for (target = s->targets; row->root && target < s->targets + s->count; target++) {
		if (target->root == row->root)
			return fits(target, row, true) || fits(target, row, false) ? target : NULL;
	}
	return NULL;
}

static void on_row(void *context, const struct leaf_row *row)
{
	struct salvage *s = context;
	struct target *found = target_at(s, row);

	if (++s->looked_at % LOOK_EVERY == 0 && s->watching->watch)
		watch_tell(s->watching, row->share);
	if (!found)
		found = target_of(s, row, true);
	if (!found)
		found = target_of(s, row, false);
	if (found && found->is_wanted)
		put(s, found, row);
}

/* tables of few columns, without a schema */

static struct tree *tree_at(struct salvage *s, uint32_t root)
{
	size_t i;

	/* rows of one page come one after the other */
	for (i = s->tree_count; i-- > 0;) {
		if (s->trees[i].root == root)
			return &s->trees[i];
	}
	if (s->tree_count == TREES_MAX)
		return NULL;
	ARRAY_GROW(s->trees, s->tree_count, s->tree_space);
	s->trees[s->tree_count] = (struct tree){.root = root};
	return &s->trees[s->tree_count++];
}

static bool passes(const struct target *target, const struct leaf_row *row)
{
	bool is_passed;

	if (!fits(target, row, true))
		return false;
	for (int i = 0; i < row->count; i++)
		bind(target->test, i + 1, &target->columns[i], row, &row->values[i]);
	is_passed = sqlite3_step(target->test) == SQLITE_ROW && sqlite3_column_int(target->test, 0);
	sqlite3_reset(target->test);
	sqlite3_clear_bindings(target->test);
	return is_passed;
}

static void on_judged(void *context, const struct leaf_row *row)
{
	struct salvage *s = context;
	struct tree *tree = row->is_keyed && row->root ? tree_at(s, row->root) : NULL;
	size_t i, k;

	if (!tree || tree->rows == JUDGED_ROWS)
		return;
	tree->rows++;
	for (i = k = 0; i < s->count; i++) {
		if (s->targets[i].test)
			tree->passed[k++] += passes(&s->targets[i], row);
	}
}

/* The one tree whose rows are of that table; the k-th that has a test. 0: none, or several. */
static uint32_t root_by_rows(const struct salvage *s, size_t k)
{
	uint32_t root = 0;

	for (size_t i = 0; i < s->tree_count; i++) {
		const struct tree *tree = &s->trees[i];

		if (tree->passed[k] == 0 || tree->passed[k] < JUDGED_SHARE * tree->rows)
			continue;
		if (root)
			return 0;
		root = tree->root;
	}
	return root;
}

static void on_few(void *context, const struct leaf_row *row)
{
	struct salvage *s = context;
	struct target *target = row->is_keyed ? target_at(s, row) : NULL;

	if (target && target->has_few)
		put(s, target, row);
}

/* After the others: what they hold tells whose rows these are. */
static void salvage_few(struct salvage *s, const char *path)
{
	size_t i, j, k, found = 0;

	leaves_read(path, on_judged, s);
	for (i = k = 0; i < s->count; i++) {
		if (!s->targets[i].test)
			continue;
		s->targets[i].root = root_by_rows(s, k++);
		/* one tree is not two tables */
		for (j = 0; j < i && s->targets[i].root; j++) {
			if (s->targets[j].root == s->targets[i].root)
				s->targets[i].root = s->targets[j].root = 0;
		}
		found += s->targets[i].root != 0;
	}
	if (found)
		leaves_read(path, on_few, s);
	free(s->trees);
}

enum status salvage(const char *path, sqlite3 *from, sqlite3 *to, const char *tables, int64_t *rows,
	const struct watching *watching)
{
	struct salvage s = {.from = from, .to = to, .watching = watching};
	enum status status;
	size_t i;

	read_targets(&s, tables);
	status = leaves_read(path, on_row, &s);
	if (status == STATUS_OK && !from)
		salvage_few(&s, path);
	for (i = 0; i < s.count; i++) {
		sqlite3_finalize(s.targets[i].insert);
		sqlite3_finalize(s.targets[i].test);
		free(s.targets[i].name);
	}
	free(s.targets);
	*rows = s.rows;
	return status;
}
