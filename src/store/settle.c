#include "store/settle.h"

#include "core/date.h"
#include "core/mem.h"
#include "store/copies.h"
#include "store/report.h"
#include "store/sql.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	NEW_MAX = 50000,       /* items that are settled at once, the latest */
	OLD_MAX = 5000,        /* printed ones that they are compared with */
	OLD_S = 6 * 24 * 3600, /* and how long ago these arrived */
	RARE_ITEMS = 64,       /* a word that more items have leads to none of them */
	PLAIN_ITEMS = 4,       /* a plain word that no more have is rare in any case */
	PLAIN_PART = 20,       /* or no more than one in so many */
	LINKS = 32,            /* best ones of an item */
	MEMBERS = 8,           /* of two groups that are compared with each other */
	MEMBER_SHARE = 3,      /* and one pair in so many has to be alike */
};

/* Of what two reports of one event share, what rare words are at least: others are not looked at.
 */
#define LOOK_SHARE 0.5

/* An item, with what orders it. */
struct entry {
	int64_t id;
	int64_t was;       /* its story until now; 0: none */
	int64_t story;     /* that an edition has printed, and stays; 0: none */
	int64_t published; /* or DATE_NONE */
	const char *url;
	bool is_new;         /* it may get another story */
	uint32_t group;      /* the first of its group */
	uint32_t next;       /* the next one of its group; itself: the last */
	uint32_t last, size; /* of the first: of its group */
	struct report report;
};

struct posting {
	uint32_t hash, entry;
};

struct link {
	double weight;
	uint32_t a, b;
};

struct settling {
	struct store *store;
	struct arena arena;
	struct entry *list;
	size_t count, space;
	struct posting *words; /* by hash */
	size_t word_count;
	uint32_t *plain; /* all that all items have, ascending */
	size_t plain_count;
	struct link *links;
	size_t link_count, link_space;
	double items;
};

static enum status load(struct settling *s, const char *sql, bool is_new, int64_t edition_id,
	int64_t from, int64_t to_seq, int64_t most)
{
	sqlite3_stmt *row;
	enum status status = sql_open(s->store, sql, &row, "iiii", edition_id, from, to_seq, most);

	while (sql_next(s->store, row, &status)) {
		struct entry *entry;

		ARRAY_GROW(s->list, s->count, s->space);
		entry = &s->list[s->count++];
		memset(entry, 0, sizeof(*entry));
		entry->id = sqlite3_column_int64(row, 0);
		entry->was = sqlite3_column_int64(row, 4);
		entry->url = sql_arena(row, 5, &s->arena);
		entry->published = sql_time(row, 6);
		entry->is_new = is_new;
		report_init(&entry->report, sqlite3_column_int64(row, 1),
			sql_arena(row, 2, &s->arena), sql_text(row, 3));
	}
	return status;
}

#define COLUMNS                                                                           \
	"SELECT item.id, item.feed_id, coalesce(nullif(item.title, ''), article.title), " \
	"article.text, item.story_id, item.url, item.published_at FROM arrival "
#define TABLES                                    \
	"JOIN item ON item.id = arrival.item_id " \
	"LEFT JOIN article ON article.item_id = item.id "
#define IS_PRINTED                                                                       \
	"EXISTS (SELECT 1 FROM edition_item AS printed WHERE printed.item_id = item.id " \
	"AND printed.edition_id <> ?1) "

static enum status load_all(
	struct settling *s, int64_t edition_id, int64_t from_seq, int64_t to_seq, int64_t at)
{
	enum status status = load(s,
		COLUMNS TABLES
		"WHERE arrival.seq > ?2 AND arrival.seq <= ?3 AND arrival.kind = 0 "
		"AND item.state = 'ready' AND item.is_backlog = 0 AND NOT " IS_PRINTED
		"ORDER BY arrival.seq DESC LIMIT ?4",
		true, edition_id, from_seq, to_seq, NEW_MAX);

	if (status == STATUS_OK && s->count)
		status = load(s,
			COLUMNS "INDEXED BY arrival_at " TABLES
				"WHERE arrival.at > ?2 AND arrival.seq <= ?3 AND arrival.kind = 0 "
				"AND item.state = 'ready' AND " IS_PRINTED
				"ORDER BY arrival.seq DESC LIMIT ?4",
			false, edition_id, at - OLD_S, to_seq, OLD_MAX);
	return status;
}

/* What an item says orders it, not when it came. */
static int by_content(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order;

	if (x->published != y->published)
		return x->published == DATE_NONE     ? 1
		       : y->published == DATE_NONE   ? -1
		       : x->published < y->published ? -1
						     : 1;
	order = strcmp(x->url ? x->url : "", y->url ? y->url : "");
	if (order == 0)
		order = strcmp(x->report.title, y->report.title);
	return order ? order : (x->id > y->id) - (x->id < y->id);
}

static int by_hash(const void *a, const void *b)
{
	const struct posting *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* What each word weighs, by how many items have it. */
static void weigh(struct settling *s)
{
	size_t words = 0, plain = 0;

	for (size_t i = 0; i < s->count; i++) {
		words += s->list[i].report.count;
		plain += s->list[i].report.plain_count;
	}
	s->words = xreallocarray(NULL, words + 1, sizeof(*s->words));
	s->plain = xreallocarray(NULL, plain + 1, sizeof(*s->plain));
	for (size_t i = 0; i < s->count; i++) {
		const struct report *report = &s->list[i].report;

		for (size_t k = 0; k < report->count; k++)
			s->words[s->word_count++] =
				(struct posting){report->words[k].hash, (uint32_t)i};
		for (size_t k = 0; k < report->plain_count; k++)
			s->plain[s->plain_count++] = report->plain[k];
	}
	qsort(s->words, s->word_count, sizeof(*s->words), by_hash);
	qsort(s->plain, s->plain_count, sizeof(*s->plain), by_value);
	for (size_t i = 0, next; i < s->word_count; i = next) {
		double weight;

		for (next = i + 1; next < s->word_count && s->words[next].hash == s->words[i].hash;
			next++)
			continue;
		weight = fmax(0, log(s->items / (double)(next - i)));
		for (size_t k = i; k < next; k++) {
			struct report *report = &s->list[s->words[k].entry].report;

			for (size_t w = 0; w < report->count; w++)
				if (report->words[w].hash == s->words[i].hash)
					report->words[w].weight = weight;
		}
	}
}

/* The first place that is not below. */
static size_t lower_bound(const uint32_t *list, size_t count, uint64_t value)
{
	size_t from = 0;

	while (from < count) {
		size_t middle = from + (count - from) / 2;

		if (list[middle] < value)
			from = middle + 1;
		else
			count = middle;
	}
	return from;
}

static double plain_weight(const struct settling *s, uint32_t hash)
{
	size_t from = lower_bound(s->plain, s->plain_count, hash);
	double items = (double)(lower_bound(s->plain, s->plain_count, (uint64_t)hash + 1) - from);

	return items <= fmax(PLAIN_ITEMS, s->items / PLAIN_PART) ? log(s->items / items) : 0;
}

static double likeness(const struct settling *s, uint32_t a, uint32_t b)
{
	const struct report *x = &s->list[a].report, *y = &s->list[b].report;
	struct report_plain plain = {0};

	for (size_t i = 0; i < x->plain_count; i++)
		for (size_t k = 0; k < y->plain_count; k++) {
			double weight;

			if (x->plain[i] != y->plain[k] ||
				(report_find(x, x->plain[i]) && report_find(y, x->plain[i])))
				continue;
			weight = plain_weight(s, x->plain[i]);
			plain.weight += weight;
			plain.words += weight > 0;
		}
	return report_likeness(x, y, s->items, &plain);
}

static int by_weight_down(const void *a, const void *b)
{
	const struct link *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

static void add_link(struct settling *s, struct link link)
{
	ARRAY_GROW(s->links, s->link_count, s->link_space);
	s->links[s->link_count++] = link;
}

/* The rare words that an item shares with those before it. */
struct sharing {
	uint32_t *of;   /* entry: the item that its weight is of */
	double *weight; /* of these words */
	uint32_t found[REPORT_WORDS * RARE_ITEMS];
	size_t count;
};

static void find_sharing(const struct settling *s, uint32_t a, struct sharing *sharing)
{
	const struct report *report = &s->list[a].report;

	sharing->count = 0;
	for (size_t w = 0; w < report->count; w++) {
		struct posting key = {report->words[w].hash, a};
		const struct posting *at =
			bsearch(&key, s->words, s->word_count, sizeof(key), by_hash);

		if (log(s->items / RARE_ITEMS) > report->words[w].weight)
			continue;
		while (at > s->words && at[-1].hash == key.hash) {
			uint32_t b = (--at)->entry;

			if (!s->list[a].is_new && !s->list[b].is_new)
				continue;
			if (sharing->of[b] != a) {
				sharing->of[b] = a;
				sharing->weight[b] = 0;
				sharing->found[sharing->count++] = b;
			}
			sharing->weight[b] += report->words[w].weight;
		}
	}
}

/* With those before it; a: the later one. */
static void link_entry(struct settling *s, uint32_t a, struct sharing *sharing)
{
	double least = LOOK_SHARE * report_least(s->items);
	size_t first = s->link_count;

	find_sharing(s, a, sharing);
	for (size_t i = 0; i < sharing->count; i++) {
		uint32_t b = sharing->found[i];
		double weight = sharing->weight[b] < least ? 0 : likeness(s, a, b);

		if (weight > 0)
			add_link(s, (struct link){weight, a, b});
	}
	if (s->link_count - first > LINKS) {
		qsort(s->links + first, s->link_count - first, sizeof(*s->links), by_weight_down);
		s->link_count = first + LINKS;
	}
}

static void link_all(struct settling *s)
{
	struct sharing *sharing = xcalloc(1, sizeof(*sharing));

	sharing->of = xreallocarray(NULL, s->count, sizeof(*sharing->of));
	sharing->weight = xreallocarray(NULL, s->count, sizeof(*sharing->weight));
	for (uint32_t i = 0; i < s->count; i++)
		sharing->of[i] = UINT32_MAX;
	for (uint32_t i = 0; i < s->count; i++)
		link_entry(s, i, sharing);
	free(sharing->of);
	free(sharing->weight);
	free(sharing);
}

static bool is_alike(const struct settling *s, uint32_t a, uint32_t b)
{
	return (a > b ? likeness(s, a, b) : likeness(s, b, a)) > 0;
}

/* A report that is like one of a story and like none of its others is of another event. */
static bool are_alike(const struct settling *s, uint32_t a, uint32_t b)
{
	int pairs = 0, alike = 0;

	for (int i = 0; i < MEMBERS; i++, a = s->list[a].next) {
		for (uint32_t k = b, n = 0; n < MEMBERS; n++, k = s->list[k].next) {
			pairs++;
			alike += is_alike(s, a, k);
			if (s->list[k].next == k)
				break;
		}
		if (s->list[a].next == a)
			break;
	}
	return alike * MEMBER_SHARE >= pairs;
}

/* a and b are the first of their groups. */
static void join(struct settling *s, uint32_t a, uint32_t b)
{
	struct entry *list = s->list;

	if (list[b].story && !list[a].story) {
		uint32_t other = a;

		a = b;
		b = other;
	}
	list[list[a].last].next = b;
	list[a].last = list[b].last;
	list[a].size += list[b].size;
	for (uint32_t i = b;; i = list[i].next) {
		list[i].group = a;
		if (list[i].next == i)
			break;
	}
}

/* Two stories that were printed stay two. */
static bool may_join(const struct settling *s, uint32_t a, uint32_t b)
{
	return a != b &&
	       !(s->list[a].story && s->list[b].story && s->list[a].story != s->list[b].story);
}

/* An item that an edition has printed as part of a story, or the first one of a story. */
struct part {
	int64_t story;
	uint32_t entry;
	bool is_new;
};

/* Those that were printed come first. */
static int by_story(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	if (x->story != y->story)
		return x->story < y->story ? -1 : 1;
	if (x->is_new != y->is_new)
		return x->is_new ? 1 : -1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

/* What was printed as one story is one; so is its first report, where that waits for its edition.
 */
static void start_groups(struct settling *s)
{
	struct part *parts = xreallocarray(NULL, s->count, sizeof(*parts));
	size_t count = 0;

	for (uint32_t i = 0; i < s->count; i++) {
		struct entry *entry = &s->list[i];

		entry->group = entry->next = entry->last = i;
		entry->size = 1;
		if (entry->was && (!entry->is_new || entry->was == entry->id))
			parts[count++] = (struct part){entry->was, i, entry->is_new};
	}
	if (count)
		qsort(parts, count, sizeof(*parts), by_story);
	for (size_t i = 0; i < count; i++) {
		bool is_first = i == 0 || parts[i].story != parts[i - 1].story;

		if (is_first && parts[i].is_new)
			continue; /* nobody has seen it printed */
		s->list[parts[i].entry].story = parts[i].story;
		if (!is_first)
			join(s, s->list[parts[i - 1].entry].group, parts[i].entry);
	}
	free(parts);
}

/* Links are taken up, the surest first. */
static void take_links(struct settling *s, bool is_related)
{
	if (s->link_count)
		qsort(s->links, s->link_count, sizeof(*s->links), by_weight_down);
	for (size_t i = 0; i < s->link_count; i++) {
		uint32_t a = s->list[s->links[i].a].group, b = s->list[s->links[i].b].group;

		if (may_join(s, a, b) && (is_related || are_alike(s, a, b)))
			join(s, a < b ? a : b, a < b ? b : a);
	}
	s->link_count = 0;
}

/* Where an item stands in the list, by its number. */
struct place {
	int64_t id;
	uint32_t entry;
};

static int by_id(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* Texts that quote the same at length tell of one event, too. Of those that have found no other. */
static enum status link_related(struct settling *s)
{
	struct place *places = xreallocarray(NULL, s->count, sizeof(*places));
	struct copy copies[COPIES_MAX];
	enum status status = STATUS_OK;
	size_t count;

	for (uint32_t i = 0; i < s->count; i++)
		places[i] = (struct place){s->list[i].id, i};
	qsort(places, s->count, sizeof(*places), by_id);
	for (uint32_t i = 0; i < s->count && status == STATUS_OK; i++) {
		const struct entry *entry = &s->list[i];

		if (!entry->is_new || s->list[entry->group].size > 1)
			continue;
		status = copies_of(s->store, entry->id, copies, &count);
		for (size_t k = 0; k < count && copies[k].likeness >= LIKENESS_RELATED; k++) {
			struct place key = {copies[k].item_id, 0};
			const struct place *at =
				bsearch(&key, places, s->count, sizeof(key), by_id);

			if (at && !report_is_pattern(&entry->report, &s->list[at->entry].report))
				add_link(s, (struct link){copies[k].likeness,
						    i > at->entry ? i : at->entry,
						    i > at->entry ? at->entry : i});
		}
	}
	free(places);
	return status;
}

/* A story has the number of its first item, which is one that was printed if there is one. */
static int64_t number(const struct settling *s, uint32_t group)
{
	const struct entry *first = NULL;

	if (s->list[group].story || s->list[group].size == 1)
		return s->list[group].story;
	for (uint32_t i = group;; i = s->list[i].next) {
		const struct entry *entry = &s->list[i];

		if (!first || (first->is_new && !entry->is_new) ||
			(first->is_new == entry->is_new && entry < first))
			first = entry;
		if (entry->next == i)
			return first->id;
	}
}

static enum status store_stories(struct settling *s)
{
	int64_t *numbers = xreallocarray(NULL, s->count, sizeof(*numbers));
	enum status status = STATUS_OK;

	for (uint32_t i = 0; i < s->count; i++)
		if (s->list[i].group == i)
			numbers[i] = number(s, i);
	/* a story that is none any more leaves nothing behind */
	for (uint32_t i = 0; i < s->count && status == STATUS_OK; i++)
		if (s->list[i].was == s->list[i].id && numbers[s->list[i].group] != s->list[i].id)
			status = sql_run(s->store,
				"UPDATE item SET story_id = NULL WHERE story_id = ?1", "i",
				s->list[i].id);
	for (uint32_t i = 0; i < s->count && status == STATUS_OK; i++)
		status = sql_run(s->store,
			"UPDATE item SET story_id = ?2 WHERE id = ?1 AND story_id IS NOT ?2", "iz",
			s->list[i].id, numbers[s->list[i].group]);
	free(numbers);
	return status;
}

static enum status settle(struct settling *s)
{
	enum status status;

	s->items = (double)(REPORT_ITEMS_FEW + s->count);
	qsort(s->list, s->count, sizeof(*s->list), by_content);
	weigh(s);
	start_groups(s);
	link_all(s);
	take_links(s, false);
	status = link_related(s);
	take_links(s, true);
	return status == STATUS_OK ? store_stories(s) : status;
}

enum status stories_settle(
	struct store *store, int64_t edition_id, int64_t from_seq, int64_t to_seq, int64_t at)
{
	struct settling settling = {.store = store};
	enum status status = load_all(&settling, edition_id, from_seq, to_seq, at);

	if (status == STATUS_OK && settling.count)
		status = settle(&settling);
	free(settling.list);
	free(settling.words);
	free(settling.plain);
	free(settling.links);
	arena_finish(&settling.arena);
	return status;
}
