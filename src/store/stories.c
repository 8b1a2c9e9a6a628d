#include "store/stories.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/terms.h"
#include "store/report.h"
#include "store/sql.h"

#include <math.h>
#include <string.h>

enum {
	PERIOD_S = 3 * 24 * 3600,
	PERIODS = 2,      /* that are asked, the one that goes on counted */
	WORD_ITEMS = 24,  /* newest items of a word and period that are looked at */
	TRIED = 4,        /* best candidates that are looked at closely */
	MEMBERS = 6,      /* of a story that a new report is compared with */
	MEMBER_SHARE = 3, /* and has to be like one in so many of them */
	EXPIRE_ROWS = 4000,
};

enum {
	WORD_HITS = PERIODS * WORD_ITEMS,
	CANDIDATES = REPORT_WORDS * WORD_HITS,
	PLACES = 2048, /* by which candidates are found: at most half of them are taken */
};
_Static_assert(CANDIDATES * 2 <= PLACES, "candidates need more places");

/* An item of the last days that has some of the words. */
struct candidate {
	int64_t item_id;
	double weight; /* of the shared words; below 0: it has been looked at */
};

struct candidates {
	struct candidate list[CANDIDATES];
	size_t count;
	uint16_t places[PLACES]; /* in list, counted from 1; 0: free */
};

static void add(struct candidates *candidates, int64_t item_id, double weight)
{
	struct candidate *list = candidates->list;
	uint16_t *place;
	size_t at = (size_t)terms_mix((uint64_t)item_id) % PLACES;

	for (place = &candidates->places[at]; *place && list[*place - 1].item_id != item_id;
		place = &candidates->places[at])
		at = (at + 1) % PLACES;
	if (!*place) {
		list[candidates->count] = (struct candidate){.item_id = item_id};
		*place = (uint16_t)++candidates->count;
	}
	list[*place - 1].weight += weight;
}

/* The one that shares most, of equal ones the newest; NULL: none is left. */
static struct candidate *next_best(struct candidates *candidates)
{
	struct candidate *best = NULL;

	for (size_t i = 0; i < candidates->count; i++) {
		struct candidate *c = &candidates->list[i];

		if (c->weight >= 0 &&
			(!best || c->weight > best->weight ||
				(c->weight == best->weight && c->item_id > best->item_id)))
			best = c;
	}
	return best;
}

/* The items of a word, and its weight: by the newest of them, where it has many. */
static enum status look_up(struct store *store, struct report_word *word,
	const struct item_row *row, int64_t period, int64_t items, struct candidates *candidates)
{
	int64_t ids[WORD_HITS];
	size_t count = 0;
	double share = 0;
	enum status status = STATUS_OK;
	sqlite3_stmt *s;

	for (int64_t p = period; p > period - PERIODS && share == 0; p--) {
		size_t before = count;

		status = sql_open(store,
			"SELECT item_id FROM story_word WHERE period = ?1 AND word = ?2 "
			"ORDER BY item_id DESC LIMIT ?3",
			&s, "iii", p, (int64_t)word->hash, (int64_t)WORD_ITEMS);
		while (sql_next(store, s, &status))
			ids[count++] = sqlite3_column_int64(s, 0);
		if (status != STATUS_OK)
			return status;
		if (count - before == WORD_ITEMS && row->id > ids[count - 1])
			share = (double)count / (double)(row->id - ids[count - 1]);
	}
	if (share == 0)
		share = (double)(count + 1) / (double)items;
	word->weight = share < 1 ? -log(share) : 0;
	for (size_t i = 0; i < count; i++)
		add(candidates, ids[i], word->weight);
	return status;
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
	struct candidates *candidates, double items, int64_t *id)
{
	struct candidate *best;
	enum status status = STATUS_OK;
	bool fit = false;

	for (size_t i = 0; i < TRIED && status == STATUS_OK && !fit; i++) {
		best = next_best(candidates);
		if (!best || best->weight < report_least(items))
			break;
		best->weight = -1;
		status = fits(store, report, best->item_id, items, false, &fit);
		if (fit)
			*id = best->item_id;
	}
	return status;
}

/* The first item of a period, to know how many there are; 0: there is none. */
static enum status first_of(struct store *store, int64_t period, int64_t *first)
{
	return sql_int(store, "SELECT item_id FROM story_word WHERE period = ?1 AND word = 0",
		first, "i", period);
}

/* is_first: of its period. */
static enum status put_words(
	struct store *store, const struct report *report, int64_t id, int64_t period, bool is_first)
{
	enum status status = STATUS_OK;

	if (is_first)
		status = sql_run(store,
			"INSERT INTO story_word (period, word, item_id, words) VALUES (?1, 0, ?2, 0)",
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
	struct candidates candidates;
	struct report report;
	int64_t period = at / PERIOD_S, first = 0, first_now = 0, items, id = 0;
	enum status status = first_of(store, period, &first_now);

	if (status == STATUS_OK)
		status = first_of(store, period - 1, &first);
	if (!first)
		first = first_now;
	items = REPORT_ITEMS_FEW + (first && first < row->id ? row->id - first : 0);
	report_init(&report, row->feed_id, row->title, text->text);
	candidates.count = 0;
	memset(candidates.places, 0, sizeof(candidates.places));
	for (size_t i = 0; i < report.count && status == STATUS_OK; i++)
		status = look_up(store, &report.words[i], row, period, items, &candidates);
	if (status == STATUS_OK)
		status = choose(store, &report, &candidates, (double)items, &id);
	if (status == STATUS_OK && !id && related) {
		bool fit;

		status = fits(store, &report, related, (double)items, true, &fit);
		id = fit ? related : 0;
	}
	if (status == STATUS_OK && id)
		status = enter(store, row->id, id);
	return status == STATUS_OK ? put_words(store, &report, row->id, period, !first_now)
				   : status;
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
