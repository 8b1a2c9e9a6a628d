#include "store/stories.h"

#include "core/mem.h"
#include "core/str.h"
#include "store/report.h"
#include "store/sql.h"

#include <math.h>
#include <stdlib.h>

enum {
	PERIOD_S = 3 * 24 * 3600,
	PERIODS = 2,      /* that are asked, the one that goes on counted */
	WORD_ITEMS = 24,  /* newest items of a word and period that are looked at */
	TRIED = 4,        /* best candidates that are looked at closely */
	MEMBERS = 6,      /* of a story that a new report is compared with */
	MEMBER_SHARE = 3, /* and has to be like one in so many of them */
	EXPIRE_ROWS = 4000,
};

/* That an item of the last days has a word. */
struct hit {
	int64_t item_id;
	double weight;
};

struct candidate {
	int64_t item_id;
	double weight; /* of the shared words */
};

/* The items of a word. p: the share of all items that have it, by the newest where it has many. */
static enum status look_up(struct store *store, struct report_word *word,
	const struct item_row *row, int64_t period, int64_t items, struct hit *hits, size_t *count)
{
	size_t from = *count;
	double share = 0;
	enum status status = STATUS_OK;
	sqlite3_stmt *s;

	for (int64_t p = period; p > period - PERIODS && share == 0; p--) {
		int64_t first = 0;
		size_t here = 0;

		status = sql_open(store,
			"SELECT item_id FROM story_word WHERE period = ?1 AND word = ?2 "
			"ORDER BY item_id DESC LIMIT ?3",
			&s, "iii", p, (int64_t)word->hash, (int64_t)WORD_ITEMS);
		while (sql_next(store, s, &status)) {
			first = sqlite3_column_int64(s, 0);
			hits[(*count)++] = (struct hit){first, 0};
			here++;
		}
		if (status != STATUS_OK)
			return status;
		if (here == WORD_ITEMS && row->id > first)
			share = (double)(*count - from) / (double)(row->id - first);
	}
	if (share == 0)
		share = (double)(*count - from + 1) / (double)items;
	word->weight = share < 1 ? -log(share) : 0;
	for (size_t i = from; i < *count; i++)
		hits[i].weight = word->weight;
	return status;
}

static int by_item(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	return (x->item_id > y->item_id) - (x->item_id < y->item_id);
}

static int by_weight_down(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->item_id > y->item_id ? -1 : 1;
}

/* Hits of the same item become one candidate, the best first. */
static size_t join(struct hit *hits, size_t count, struct candidate *candidates)
{
	size_t n = 0;

	qsort(hits, count, sizeof(*hits), by_item);
	for (size_t i = 0; i < count; i++) {
		if (n == 0 || candidates[n - 1].item_id != hits[i].item_id)
			candidates[n++] = (struct candidate){.item_id = hits[i].item_id};
		candidates[n - 1].weight += hits[i].weight;
	}
	qsort(candidates, n, sizeof(*candidates), by_weight_down);
	return n;
}

/* Another report as it is stored. Its title lives in the arena. */
static void read_report(sqlite3_stmt *s, struct arena *arena, struct report *report)
{
	report_init(report, sqlite3_column_int64(s, 1), sql_arena(s, 2, arena), sql_text(s, 3));
}

#define REPORT_COLUMNS                                                                           \
	"item.id, item.feed_id, coalesce(nullif(item.title, ''), article.title), article.text, " \
	"item.story_id "                                                                         \
	"FROM item LEFT JOIN article ON article.item_id = item.id "

/* Whether a report fits what a story tells, and not only one of its reports. */
static enum status fits_story(struct store *store, const struct report *report, int64_t id,
	int64_t story, double items, bool *fit)
{
	struct arena arena = {0};
	struct report other;
	int alike = 1, count = 1;
	sqlite3_stmt *s;
	enum status status = sql_open(store,
		"SELECT " REPORT_COLUMNS "WHERE item.story_id = ?1 AND item.id <> ?2 "
		"AND item.state = 'ready' ORDER BY item.id DESC LIMIT ?3",
		&s, "iii", story, id, (int64_t)MEMBERS);

	while (sql_next(store, s, &status)) {
		read_report(s, &arena, &other);
		alike += report_likeness(report, &other, items, NULL) > 0;
		count++;
	}
	*fit = status == STATUS_OK && alike * MEMBER_SHARE >= count;
	arena_finish(&arena);
	return status;
}

/* is_related: they have wording in common, so that only patterns are to be told apart. */
static enum status fits(struct store *store, const struct report *report, int64_t id, double items,
	bool is_related, bool *fit)
{
	struct arena arena = {0};
	struct report other;
	int64_t story = 0;
	sqlite3_stmt *s;
	enum status status = sql_row(store,
		"SELECT " REPORT_COLUMNS "WHERE item.id = ?1 AND item.state = 'ready'", &s, "i",
		id);

	*fit = false;
	if (s) {
		read_report(s, &arena, &other);
		*fit = is_related ? !report_is_pattern(report, &other)
				  : report_likeness(report, &other, items, NULL) > 0;
		story = sqlite3_column_int64(s, 4);
		sqlite3_reset(s);
	}
	if (status == STATUS_OK && *fit && story && !is_related)
		status = fits_story(store, report, id, story, items, fit);
	arena_finish(&arena);
	return status;
}

/* The item whose story this is, among those that have its words. */
static enum status choose(struct store *store, const struct report *report,
	const struct candidate *candidates, size_t count, double items, int64_t *id)
{
	enum status status = STATUS_OK;
	bool fit = false;

	for (size_t i = 0; i < count && i < TRIED && status == STATUS_OK && !fit; i++) {
		if (candidates[i].weight < log(items) + REPORT_CHANCE)
			break;
		status = fits(store, report, candidates[i].item_id, items, false, &fit);
		if (fit)
			*id = candidates[i].item_id;
	}
	return status;
}

static enum status put_words(
	struct store *store, const struct report *report, int64_t id, int64_t period)
{
	/* the first item of a period, to know how many there are */
	enum status status = sql_run(store,
		"INSERT INTO story_word (period, word, item_id, words) SELECT ?1, 0, ?2, 0 "
		"WHERE NOT EXISTS (SELECT 1 FROM story_word WHERE period = ?1 AND word = 0)",
		"ii", period, id);

	for (size_t i = 0; i < report->count && status == STATUS_OK; i++)
		status = sql_run(store,
			"INSERT OR IGNORE INTO story_word (period, word, item_id, words) "
			"VALUES (?1, ?2, ?3, ?4)",
			"iiii", period, (int64_t)report->words[i].hash, id, (int64_t)report->count);
	return status;
}

/* A story has the number of its first item. */
static enum status enter(struct store *store, int64_t id, int64_t of)
{
	int64_t story;
	enum status status = sql_int(store,
		"UPDATE item SET story_id = coalesce(story_id, id) WHERE id = ?1 "
		"RETURNING story_id",
		&story, "i", of);

	if (status != STATUS_OK || !story)
		return status;
	return sql_run(store, "UPDATE item SET story_id = ?2 WHERE id = ?1", "ii", id, story);
}

enum status story_find(struct store *store, const struct item_row *row,
	const struct item_text *text, int64_t related, int64_t at)
{
	struct hit hits[REPORT_WORDS * PERIODS * WORD_ITEMS];
	struct candidate candidates[REPORT_WORDS * PERIODS * WORD_ITEMS];
	struct report report;
	int64_t period = at / PERIOD_S, first = 0, items, id = 0;
	size_t count = 0;
	enum status status = sql_int(store,
		"SELECT item_id FROM story_word WHERE word = 0 "
		"AND period IN (?1, ?1 - 1) ORDER BY period LIMIT 1",
		&first, "i", period);

	items = REPORT_ITEMS_FEW + (first && first < row->id ? row->id - first : 0);
	report_init(&report, row->feed_id, row->title, text->text);
	for (size_t i = 0; i < report.count && status == STATUS_OK; i++)
		status = look_up(store, &report.words[i], row, period, items, hits, &count);
	if (status == STATUS_OK && count) {
		count = join(hits, count, candidates);
		status = choose(store, &report, candidates, count, (double)items, &id);
	}
	if (status == STATUS_OK && !id && related) {
		bool fit;

		status = fits(store, &report, related, (double)items, true, &fit);
		id = fit ? related : 0;
	}
	if (status == STATUS_OK && id)
		status = enter(store, row->id, id);
	return status == STATUS_OK ? put_words(store, &report, row->id, period) : status;
}

enum status stories_expire(struct store *store, int64_t now, int64_t *dropped)
{
	enum status status = sql_run(store,
		"DELETE FROM story_word WHERE (period, word, item_id) IN "
		"(SELECT period, word, item_id FROM story_word WHERE period <= ?1 LIMIT ?2)",
		"ii", now / PERIOD_S - PERIODS, (int64_t)EXPIRE_ROWS);

	*dropped = sqlite3_changes64(store_db(store));
	return status;
}
