#include "store/query.h"

#include "core/buf.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/terms.h"
#include "core/utf8.h"
#include "store/match.h"
#include "store/prefix.h"
#include "store/query_line.h"
#include "store/sql.h"
#include "store/woven.h"

#include <stdlib.h>
#include <string.h>

/*
 * How an answer is found. Most ways go through an index in the order asked for, and end when there
 * is enough: then the first page costs the same in a store of any size.
 */
enum plan {
	PLAN_ARRIVALS, /* the stream of arrivals */
	PLAN_MATCH,    /* the full-text index, which is in the order of arrivals */
	PLAN_SECTION,  /* a section, in the order of arrivals */
	PLAN_FEW,      /* a feed, a story, an edition, a label: all of it, sorted */
	PLAN_STARRED,
	PLAN_DROPPED,
	PLAN_PUBLISHED, /* by date */
	PLAN_SECTION_PUBLISHED,
};

/* Where each begins, and which column has the number of the arrival there. */
static const struct {
	const char *from, *seq;
} plans[] = {
	[PLAN_ARRIVALS] = {"arrival CROSS JOIN item ON item.id = arrival.item_id", "arrival.seq"},
	[PLAN_MATCH] = {"item_fts CROSS JOIN item ON item.seq = item_fts.rowid", "item_fts.rowid"},
	[PLAN_SECTION] = {"item INDEXED BY item_section", "item.seq"},
	[PLAN_FEW] = {"item", "item.seq"},
	[PLAN_STARRED] = {"item INDEXED BY item_starred", "item.seq"},
	[PLAN_DROPPED] = {"item INDEXED BY item_dropped", "item.seq"},
	[PLAN_PUBLISHED] = {"item INDEXED BY item_published", "item.seq"},
	[PLAN_SECTION_PUBLISHED] = {"item INDEXED BY item_section_published", "item.seq"},
};

enum {
	FEW = 500,           /* rows that are sooner looked at one by one than found in order */
	RANKED = 750,        /* latest matches among which the best or newest are found */
	SORTED = 2000,       /* arrivals that are sooner sorted by their dates than found by them */
	CLOCK_ROWS = 1000,   /* arrivals that are looked at where the clock went back */
	CLOCK_S = 2 * 86400, /* by which a date may lie after the arrival */
};

#define PUBLISHED "coalesce(item.published_at, item.first_seen_at)"

/* A query while its SQL is written: numbers go into the text, the match is bound. */
struct asked {
	struct store *store;
	const struct item_query *query;
	char *match; /* as FTS5 reads it; NULL: none */
	struct buf sql;
	struct buf items;   /* a condition on item.id: feed, story, edition, label; empty: none */
	int64_t section_id; /* 0: all */
	int64_t low, high;  /* arrivals above, up to and with; 0: not asked */
	enum plan plan;
	char **why;
};

enum { SHOWN_BYTES = 80 }; /* of what was asked for, in a message */

/* The name is what was typed, and may be empty. */
static void explain(struct asked *asked, const char *what, const char *name)
{
	if (asked->why && !*asked->why)
		*asked->why = xasprintf("%s: %s", what, *name ? name : "\"\"");
}

/* Of the match as it was typed, which may be long. */
static void explain_match(struct asked *asked, const char *sentence)
{
	const char *typed = asked->query->match;
	size_t len = strlen(typed), shown = utf8_cut(typed, len, SHOWN_BYTES);

	if (!asked->why || *asked->why)
		return;
	if (typed[strspn(typed, " \t\r\n")] == '\0')
		*asked->why = xasprintf("empty: %s", sentence);
	else
		*asked->why = xasprintf(
			"\"%.*s%s\": %s", (int)shown, typed, shown < len ? "..." : "", sentence);
}

/* What LIKE finds a part by. */
static void put_like(const char *part, struct buf *to)
{
	buf_putc(to, '%');
	for (; *part; part++)
		buf_printf(to, "%s%c", strchr("%_\\", *part) ? "\\" : "", *part);
	buf_putc(to, '%');
}

/* ?1 is the name, ?2 what LIKE finds a part by. " AND column IN (1,2,3)" from a statement's rows.
 * STATUS_NOT_FOUND: there are none. */
static enum status put_numbers(struct asked *asked, const char *before, const char *after,
	const char *sql, const char *name)
{
	struct buf part = {0};
	sqlite3_stmt *s;
	size_t count = 0;
	enum status status;

	put_like(name, &part);
	status = strstr(sql, "?2") ? sql_open(asked->store, sql, &s, "ss", name, buf_text(&part))
				   : sql_open(asked->store, sql, &s, "s", name);
	while (sql_next(asked->store, s, &status))
		buf_printf(&asked->items, "%s%lld", count++ ? "," : before,
			(long long)sqlite3_column_int64(s, 0));
	buf_finish(&part);
	if (status == STATUS_OK && count == 0)
		return STATUS_NOT_FOUND;
	buf_puts(&asked->items, after);
	return status;
}

static enum status find_section(struct asked *asked)
{
	const char *wanted = asked->query->section;
	sqlite3_stmt *s;
	enum status status = sql_open(asked->store, "SELECT id, title, slug FROM section", &s, "");

	while (sql_next(asked->store, s, &status))
		if (str_ieq(sql_text(s, 2), wanted) || str_ieq(sql_text(s, 1), wanted) ||
			(terms_count(wanted) && terms_equal(sql_text(s, 1), wanted)))
			asked->section_id = sqlite3_column_int64(s, 0);
	if (status == STATUS_OK && asked->section_id == 0) {
		explain(asked, "there is no such section", wanted);
		return STATUS_NOT_FOUND;
	}
	return status;
}

/* Any feed that showed the item counts, not only the first. */
static enum status find_feed(struct asked *asked)
{
	static const char *const ways[] = {
		"SELECT id FROM feed WHERE url = ?1",
		"SELECT id FROM feed WHERE ?1 <> '' AND ?1 NOT GLOB '*[^0-9]*' "
		"AND id = CAST(?1 AS INTEGER)",
		/* one look at all: those that are called so, else those that have it in their name
		 */
		"WITH found AS MATERIALIZED (SELECT id, url = ?1 OR fetch_url IS ?1 OR "
		"coalesce(name, title, '') = ?1 COLLATE NOCASE AS is_it FROM feed WHERE "
		"url LIKE ?2 ESCAPE '\\' OR fetch_url IS ?1 OR "
		"coalesce(name, title) LIKE ?2 ESCAPE '\\') "
		"SELECT id FROM found WHERE is_it >= (SELECT max(is_it) FROM found)",
	};
	enum status status = STATUS_NOT_FOUND;

	/* no name is part of every name */
	for (size_t i = 0; *asked->query->feed && i < ARRAY_LEN(ways) && status == STATUS_NOT_FOUND;
		i++)
		status = put_numbers(asked,
			" AND item.id IN (SELECT item_id FROM sighting WHERE feed_id IN (", "))",
			ways[i], asked->query->feed);
	if (status == STATUS_NOT_FOUND)
		explain(asked, "there is no such feed", asked->query->feed);
	return status;
}

static enum status find_edition(struct asked *asked)
{
	static const char sql[] = "SELECT id FROM edition WHERE name = ?1 OR local_date = ?1 "
				  "OR (name = local_date AND name || '-1' = ?1)";
	const char *name = asked->query->edition;
	enum status status = put_numbers(asked,
		" AND item.id IN (SELECT item_id FROM edition_item WHERE edition_id IN (", ")", sql,
		name);

	if (status == STATUS_OK)
		status = put_numbers(asked,
			" UNION SELECT item_id FROM edition_update WHERE edition_id IN (", "))",
			sql, name);
	if (status == STATUS_NOT_FOUND)
		explain(asked, "there is no such edition", name);
	return status;
}

static void put_label(struct asked *asked)
{
	char *name = sqlite3_mprintf("%Q", asked->query->label);

	buf_printf(&asked->items,
		" AND item.id IN (SELECT item_id FROM item_label WHERE label = %s)", name);
	sqlite3_free(name);
}

static enum status find_story(struct asked *asked)
{
	int64_t story;
	enum status status = sql_int(asked->store, "SELECT story_id FROM item WHERE id = ?1",
		&story, "i", asked->query->story);

	/* an item that stands alone is its own story */
	if (story)
		buf_printf(&asked->items, " AND item.story_id = %lld", (long long)story);
	else
		buf_printf(&asked->items, " AND item.id = %lld", (long long)asked->query->story);
	return status;
}

/*
 * Times become numbers of arrivals, which are in an index together with all else. The condition on
 * the time stays; this only says where there is nothing to be found.
 */
static enum status find_bounds(struct asked *asked)
{
	const struct item_query *query = asked->query;
	enum status status = STATUS_OK;
	int64_t seq;

	asked->low = query->after_seq;
	asked->high = query->until_seq;
	if (query->since && !query->want_dropped) {
		status = sql_int(asked->store,
			"SELECT min(seq) FROM (SELECT seq FROM arrival WHERE at >= ?1 "
			"ORDER BY at LIMIT ?2)",
			&seq, "ii", query->since, (int64_t)CLOCK_ROWS);
		if (seq == 0)
			seq = INT64_MAX; /* nothing has come since */
		if (seq - 1 > asked->low)
			asked->low = seq - 1;
	}
	if (status == STATUS_OK && query->until && !query->want_dropped) {
		status = sql_int(asked->store,
			"SELECT max(seq) FROM (SELECT seq FROM arrival WHERE at < ?1 "
			"ORDER BY at DESC LIMIT ?2)",
			&seq, "ii", query->until, (int64_t)CLOCK_ROWS);
		if (seq == 0)
			seq = -1; /* nothing had come before */
		if (asked->high == 0 || seq < asked->high)
			asked->high = seq;
	}
	return status;
}

/* Whether there are fewer than FEW rows of some kind. */
static bool are_few(struct asked *asked, const char *what)
{
	char *sql = xasprintf("SELECT count(*) FROM (SELECT 1 FROM %s LIMIT %d)", what, FEW);
	sqlite3_stmt *s = NULL;
	bool few = false;

	if (sqlite3_prepare_v2(store_db(asked->store), sql, -1, &s, NULL) == SQLITE_OK) {
		if (sqlite3_bind_parameter_count(s))
			sqlite3_bind_text(s, 1, asked->match, -1, SQLITE_STATIC);
		few = sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int(s, 0) < FEW;
	}
	sqlite3_finalize(s);
	free(sql);
	return few;
}

static bool section_is_small(struct asked *asked)
{
	char *what = xasprintf("item WHERE section_id = %lld", (long long)asked->section_id);
	bool few = are_few(asked, what);

	free(what);
	return few;
}

static bool items_are_few(struct asked *asked)
{
	char *what = xasprintf("item WHERE 1%s", buf_text(&asked->items));
	bool few = are_few(asked, what);

	free(what);
	return few;
}

static bool matches_are_few(struct asked *asked)
{
	return are_few(asked, "item_fts WHERE item_fts MATCH ?1");
}

/* The way without the full-text index. */
static enum plan choose_by_conditions(struct asked *asked)
{
	const struct item_query *query = asked->query;
	bool by_date = query->order == ITEM_ORDER_PUBLISHED;

	if (query->want_dropped)
		return PLAN_DROPPED;
	if (asked->items.len)
		return PLAN_FEW;
	if (query->want_changes)
		return PLAN_ARRIVALS;
	if (query->only_starred)
		return PLAN_STARRED;
	if (by_date && asked->low && asked->high && asked->high - asked->low < SORTED)
		return PLAN_ARRIVALS;
	if (asked->section_id)
		return by_date && !section_is_small(asked) ? PLAN_SECTION_PUBLISHED : PLAN_SECTION;
	return by_date ? PLAN_PUBLISHED : PLAN_ARRIVALS;
}

/* The one with less to look at: the matches, or what the other conditions leave. */
static enum plan choose_plan(struct asked *asked)
{
	const struct item_query *query = asked->query;
	enum plan other = choose_by_conditions(asked);
	bool is_narrow = false;

	if (!query->match)
		return other;
	if (query->want_changes)
		return matches_are_few(asked) ? PLAN_MATCH : other;
	if (asked->low && asked->high && asked->high - asked->low < FEW) {
		is_narrow = other == PLAN_ARRIVALS || other == PLAN_SECTION;
	} else if (other == PLAN_FEW) {
		is_narrow = items_are_few(asked);
	} else if (asked->section_id) {
		is_narrow = section_is_small(asked);
		other = PLAN_SECTION;
	} else {
		is_narrow = other == PLAN_STARRED || other == PLAN_DROPPED;
	}
	return is_narrow && !matches_are_few(asked) ? other : PLAN_MATCH;
}

/* What was dropped has not arrived, and so has no latest arrival either. */
static bool stands_at_last(const struct item_query *query)
{
	return query->want_changes && !query->want_dropped;
}

/* The column with the number of the arrival that an item stands at. */
static const char *seq_column(const struct asked *asked)
{
	return stands_at_last(asked->query) ? "arrival.seq" : plans[asked->plan].seq;
}

/* Each item stands at one of its arrivals: the first, or with want_changes the last. */
static void put_tables(struct asked *asked)
{
	static const char last[] =
		"arrival.seq = (SELECT max(seq) FROM arrival AS a WHERE a.item_id = item.id)";
	const struct item_query *query = asked->query;
	const char *place = stands_at_last(query) ? last : "arrival.seq = item.seq";

	buf_printf(&asked->sql, " FROM %s", plans[asked->plan].from);
	if (asked->plan == PLAN_ARRIVALS)
		buf_printf(&asked->sql, " AND %s", place);
	else
		buf_printf(&asked->sql, " %s JOIN arrival ON %s",
			query->want_dropped ? "LEFT" : "CROSS", place);
}

static void put_bound(struct asked *asked, const char *column, const char *relation, int64_t value)
{
	if (value)
		buf_printf(&asked->sql, " AND %s %s %lld", column, relation, (long long)value);
}

static void put_conditions(struct asked *asked)
{
	const struct item_query *query = asked->query;
	const char *at = query->want_dropped ? "item.first_seen_at" : "arrival.at";
	const char *seq = seq_column(asked);

	buf_printf(
		&asked->sql, " WHERE item.state = '%s'", query->want_dropped ? "dropped" : "ready");
	if (query->match)
		buf_puts(&asked->sql, asked->plan == PLAN_MATCH
					      ? " AND item_fts MATCH ?1"
					      : " AND EXISTS (SELECT 1 FROM item_fts "
						"WHERE item_fts MATCH ?1 AND rowid = item.seq)");
	put_bound(asked, at, ">=", query->since);
	put_bound(asked, at, "<", query->until);
	put_bound(asked, seq, ">", asked->low);
	put_bound(asked, seq, "<=", asked->high);
	if (asked->plan == PLAN_PUBLISHED || asked->plan == PLAN_SECTION_PUBLISHED)
		put_bound(asked, PUBLISHED, "<", query->until ? query->until + CLOCK_S : 0);
	/* a plus keeps it from the index of the section where that is not the way: it may be large
	 */
	put_bound(asked, asked->plan == PLAN_FEW ? "+item.section_id" : "item.section_id", "=",
		asked->section_id);
	buf_puts(&asked->sql, buf_text(&asked->items));
	if (query->only_starred)
		buf_puts(&asked->sql, " AND item.starred = 1");
	if (query->no_backlog)
		buf_puts(&asked->sql, " AND item.is_backlog = 0");
}

static void put_order(struct asked *asked, enum item_order order, int64_t limit)
{
	const char *seq = seq_column(asked);

	if (order == ITEM_ORDER_PUBLISHED)
		buf_puts(&asked->sql, " ORDER BY " PUBLISHED " DESC, item.id DESC");
	else
		buf_printf(&asked->sql, " ORDER BY %s%s", seq,
			order == ITEM_ORDER_ARRIVAL ? "" : " DESC");
	if (limit > 0)
		buf_printf(&asked->sql, " LIMIT %lld", (long long)limit);
}

/* The latest matches with what they are sorted by, then the best of them. */
static void write_ranked(struct asked *asked)
{
	const struct item_query *query = asked->query;
	struct buf whole = {0};

	buf_printf(&whole,
		"SELECT %s, (SELECT snippet(item_fts, -1, '[', ']', '…', 24) FROM item_fts "
		"WHERE item_fts MATCH ?1 AND rowid = item.seq), %s FROM (",
		line_columns,
		query->want_text ? "article.text, " WOVEN_HTML("article") : "NULL, NULL");
	/* a word of the title says more than one of the text */
	buf_printf(&asked->sql, "SELECT item.id AS id, arrival.seq AS seq, %s AS worth",
		query->order == ITEM_ORDER_RELEVANCE ? "relevance(item_fts, 1.0, 6.0, 2.0)"
						     : "-" PUBLISHED);
	put_tables(asked);
	put_conditions(asked);
	put_order(asked, ITEM_ORDER_NEWEST, RANKED);
	buf_printf(&whole,
		"%s) AS best CROSS JOIN item ON item.id = best.id "
		"LEFT JOIN arrival ON arrival.seq = best.seq%s ORDER BY best.worth, %s DESC",
		buf_text(&asked->sql), line_tables,
		query->order == ITEM_ORDER_PUBLISHED ? "item.id" : "item.seq");
	if (query->limit > 0)
		buf_printf(&whole, " LIMIT %lld", (long long)query->limit);
	buf_finish(&asked->sql);
	asked->sql = whole;
}

static enum status write_sql(struct asked *asked)
{
	const struct item_query *query = asked->query;
	bool has_rank =
		query->order == ITEM_ORDER_RELEVANCE || query->order == ITEM_ORDER_PUBLISHED;
	enum status status = find_bounds(asked);

	if (status == STATUS_OK && query->section)
		status = find_section(asked);
	if (status == STATUS_OK && query->feed)
		status = find_feed(asked);
	if (status == STATUS_OK && query->edition)
		status = find_edition(asked);
	if (query->label)
		put_label(asked);
	if (status == STATUS_OK && query->story)
		status = find_story(asked);
	if (status != STATUS_OK)
		return status;
	asked->plan = choose_plan(asked);
	if (query->match && query->order == ITEM_ORDER_RELEVANCE)
		asked->plan = PLAN_MATCH; /* the index knows how good a match is */
	if (has_rank && asked->plan == PLAN_MATCH) {
		write_ranked(asked);
		return STATUS_OK;
	}
	buf_printf(&asked->sql, "SELECT %s, %s, %s", line_columns,
		!query->match               ? "NULL"
		: asked->plan == PLAN_MATCH ? "snippet(item_fts, -1, '[', ']', '…', 24)"
					    : "(SELECT snippet(item_fts, -1, '[', ']', '…', 24) "
					      "FROM item_fts WHERE item_fts MATCH ?1 "
					      "AND rowid = item.seq)",
		query->want_text ? "article.text, " WOVEN_HTML("article") : "NULL, NULL");
	put_tables(asked);
	buf_puts(&asked->sql, line_tables);
	put_conditions(asked);
	put_order(asked, query->order, query->limit);
	return STATUS_OK;
}

/* What failed. Only what was typed can be wrong use: for all else the store lacks something. */
static enum status failure(struct asked *asked, int result, bool is_prepared)
{
	enum status status = sql_status(result);
	char sentence[256];

	match_explain(sqlite3_errmsg(store_db(asked->store)), sentence, sizeof(sentence));
	if (status == STATUS_SYNTAX && is_prepared && asked->query->match) {
		explain_match(asked, log_visible(sentence));
		return status;
	}
	explain(asked, "query", log_visible(sentence));
	return status == STATUS_SYNTAX ? STATUS_CORRUPT : status;
}

static enum status run(struct asked *asked,
	bool (*on_item)(void *context, const struct item_line *line), void *context)
{
	sqlite3 *db = store_db(asked->store);
	sqlite3_stmt *s = NULL;
	struct item_line line;
	int result = sqlite3_prepare_v2(db, buf_text(&asked->sql), -1, &s, NULL);
	enum status status = STATUS_OK;

	if (asked->match && result == SQLITE_OK)
		result = sqlite3_bind_text(s, 1, asked->match, -1, SQLITE_STATIC);
	while (result == SQLITE_OK || result == SQLITE_ROW) {
		result = sqlite3_step(s);
		if (result != SQLITE_ROW)
			break;
		line_read(s, &line);
		if (!on_item(context, &line)) {
			result = SQLITE_DONE;
			break;
		}
	}
	if (result != SQLITE_DONE)
		status = failure(asked, result, s != NULL);
	sqlite3_finalize(s);
	return status;
}

/* How well a beginning is met is only known of itself. */
static void use_words(struct asked *asked)
{
	char *expanded = asked->match && asked->query->order != ITEM_ORDER_RELEVANCE
				 ? prefix_expand(asked->store, asked->match)
				 : NULL;

	if (!expanded)
		return;
	free(asked->match);
	asked->match = expanded;
}

enum status item_query_run(struct store *store, const struct item_query *query,
	bool (*on_item)(void *context, const struct item_line *line), void *context, char **why)
{
	struct asked asked = {.store = store, .query = query, .why = why};
	enum status status;

	if (why)
		*why = NULL;
	if (query->match && terms_count(query->match) == 0) {
		explain_match(&asked, "there is no word in it");
		return STATUS_SYNTAX;
	}
	asked.match = query->match ? match_spell(query->match) : NULL;
	use_words(&asked);
	status = write_sql(&asked);
	if (status == STATUS_OK)
		status = run(&asked, on_item, context);
	free(asked.match);
	buf_finish(&asked.sql);
	buf_finish(&asked.items);
	return status;
}

enum status arrivals_last(struct store *store, int64_t *seq)
{
	return sql_int(store, "SELECT max(seq) FROM arrival", seq, "");
}
