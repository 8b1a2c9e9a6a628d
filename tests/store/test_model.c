/*
 * Random streams of entries against a model that knows which articles there are: feeds with every
 * bad habit, copies, edits, tracking parameters, restarts and polls that were taken back. Whatever
 * comes, each article is one item, and a reader gets each once.
 *
 * DIURNA_MODEL_RUNS: how many streams, DIURNA_TEST_SEED: where they begin.
 */
#include "world.h"

#include "core/mem.h"
#include "core/terms.h"
#include "store/aliases.h"
#include "store/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	RUNS = 25,
	STEPS = 40,
	FEEDS = 7,
	REDIRECTING = FEEDS - 1, /* a feed whose links lead to what others have shown */
	KEPT_MAX = 30,
	ARTICLES = 60,
	LISTED = 6, /* entries of a document */
	WORDS = 160,
	TEXT_BYTES = 2048,
	COPIES_S = 60 * 86400, /* so long edited copies are known */
	EXPIRE_S = 9 * 86400,  /* after that nothing waits for an edition any more */
	LINK_BYTES = 160,
};

/* What a feed does with guids and links. */
enum habit {
	GUID_GOOD,
	GUID_IS_LINK,
	GUID_NONE,
	GUID_CHANGES, /* another one at every poll */
	GUID_SHARED,  /* one for all entries */
	LINK_SHARED,  /* all entries lead to the front page, guids are good */
	HABITS,
};

struct report {
	char title[64], text[TEXT_BYTES];
	int64_t item_id; /* 0: the store has not seen it */
	int feed;        /* whose words it is shown in; -1: none yet */
	int revisions;
	bool is_dropped; /* by the rule about its title */
};

/* That a feed carries an article. */
struct listing {
	struct report *article;
	int place; /* in its link */
};

struct feed_model {
	enum habit habit;
	struct listing listed[ARTICLES];
	size_t count;
	bool was_polled;
};

struct model {
	struct world world;
	struct config_feed config_feeds[FEEDS];
	struct report articles[ARTICLES];
	size_t article_count;
	struct feed_model feeds[FEEDS];
	uint64_t random, seed;
	int64_t ends_at; /* the clock goes no further: a copy that comes later is another article */
	int64_t cursor;
	bool was_read[ARTICLES * 2 + 2];
	int read_count;
	int64_t changes_cursor;
	int read_revision[ARTICLES * 2 + 2]; /* of items, by a reader of changes; -1: not read */
};

static size_t roll(struct model *model, size_t below)
{
	model->random += UINT64_C(0x9E3779B97F4A7C15);
	return (size_t)(terms_mix(model->random) >> 16) % below;
}

static void put_word(struct model *model, char *to)
{
	for (int i = 0; i < 7; i++)
		to[i] = (char)('a' + roll(model, 26));
	to[7] = ' ';
}

static struct report *new_report(struct model *model)
{
	struct report *article = &model->articles[model->article_count++];

	memset(article, 0, sizeof(*article));
	article->feed = -1;
	for (size_t i = 0; i < WORDS; i++)
		put_word(model, article->text + 8 * i);
	article->is_dropped = roll(model, 9) == 0;
	snprintf(article->title, sizeof(article->title), "%s number %zu of the day",
		article->is_dropped   ? "Advertisement"
		: roll(model, 9) == 0 ? "Special"
				      : "Report",
		model->article_count);
	return article;
}

/* A share of the words gives way to others. */
static void edit(struct model *model, char *text, size_t percent)
{
	for (size_t i = 0; i < WORDS; i++)
		if (roll(model, 100) < percent)
			put_word(model, text + 8 * i);
}

static void list_article(struct model *model, int feed, struct report *article)
{
	struct feed_model *f = &model->feeds[feed];

	for (size_t i = 0; i < f->count; i++)
		if (f->listed[i].article == article)
			return;
	f->listed[f->count] = (struct listing){article, (int)f->count + 1};
	f->count++;
}

/* The link as it may be written this time. */
static void put_link(struct model *model, int feed, int place, char link[LINK_BYTES])
{
	static const char *const hosts[] = {"", "www.", "m."};
	static const char *const ends[] = {
		"", "/", "?utm_source=rss", "?fbclid=x1", "#top", "/amp"};

	if (model->feeds[feed].habit == LINK_SHARED)
		snprintf(link, LINK_BYTES, "https://paper%d.example/", feed);
	else
		snprintf(link, LINK_BYTES, "http%s://%spaper%d.example/story/%d%s",
			roll(model, 2) ? "s" : "", hosts[roll(model, ARRAY_LEN(hosts))], feed,
			place, ends[roll(model, ARRAY_LEN(ends))]);
}

static const char *guid_of(
	struct model *model, int feed, int place, const char *link, char guid[LINK_BYTES])
{
	switch (model->feeds[feed].habit) {
	case GUID_IS_LINK:
		snprintf(guid, LINK_BYTES, "https://paper%d.example/story/%d", feed, place);
		return guid;
	case GUID_NONE: return NULL;
	case GUID_CHANGES: snprintf(guid, LINK_BYTES, "%zu", roll(model, 1000000000)); return guid;
	case GUID_SHARED: return "urn:feed";
	default:
		(void)link;
		snprintf(guid, LINK_BYTES, "id-%d", place);
		return guid;
	}
}

/* The item behind an entry, as the store has it now. */
static int64_t item_of(struct model *model, int feed, const struct feed_entry *entry)
{
	struct arena arena = {0};
	char *canonical = canonical_identity(entry->url, &arena);
	int64_t id = 0;

	if (canonical)
		assert_int_equal(
			canonical_find(model->world.store, canonical, &id, NULL), STATUS_OK);
	else
		assert_int_equal(
			sql_int(model->world.store,
				"SELECT item_id FROM sighting WHERE feed_id = ?1 AND guid = ?2",
				&id, "is", (int64_t)feed + 1, entry->id),
			STATUS_OK);
	arena_finish(&arena);
	return id;
}

/* Until it is printed the store may find another feed that is better. */
static int shown_by(struct model *model, int64_t id)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "SELECT feed_id FROM item WHERE id = %lld", (long long)id);
	return (int)world_count(&model->world, sql) - 1;
}

static void expect_item(struct model *model, int feed, struct report *article, int64_t id)
{
	if (id == 0)
		fail_msg("seed %llu: \"%s\" of feed %d is no item", (unsigned long long)model->seed,
			article->title, feed);
	if (article->item_id && article->item_id != id)
		fail_msg("seed %llu: \"%s\" of feed %d (habit %d) is item %d, and was %d",
			(unsigned long long)model->seed, article->title, feed,
			(int)model->feeds[feed].habit, (int)id, (int)article->item_id);
	for (size_t i = 0; i < model->article_count; i++)
		if (&model->articles[i] != article && model->articles[i].item_id == id)
			fail_msg("seed %llu: \"%s\" of feed %d (habit %d) is taken for \"%s\"",
				(unsigned long long)model->seed, article->title, feed,
				(int)model->feeds[feed].habit, model->articles[i].title);
	article->item_id = id;
	if (!article->is_dropped)
		article->feed = shown_by(model, id);
	else if (article->feed < 0)
		article->feed = feed;
}

static void poll(struct model *model, int feed)
{
	struct feed_model *f = &model->feeds[feed];
	struct feed_entry entries[LISTED];
	char links[LISTED][LINK_BYTES], guids[LISTED][LINK_BYTES], copies[LISTED][TEXT_BYTES];
	size_t count = f->count < LISTED ? f->count : LISTED, first = f->count - count;
	struct poll_reply reply;

	for (size_t i = 0; i < count; i++) {
		struct listing *listing = &f->listed[first + i];

		put_link(model, feed, listing->place, links[i]);
		strcpy(copies[i], listing->article->text);
		/* a paper that carries a report changes a word or two */
		if (listing->article->feed >= 0 && listing->article->feed != feed)
			edit(model, copies[i], 1);
		entries[i] = (struct feed_entry){
			.id = guid_of(model, feed, listing->place, links[i], guids[i]),
			.url = links[i],
			.title = listing->article->title,
			.content = copies[i],
			.published =
				roll(model, 4) ? model->world.now - 3600 + (int64_t)i : DATE_NONE,
			.updated = DATE_NONE};
	}
	/* now and then the daemon dies before the commit, and polls again */
	if (roll(model, 8) == 0) {
		struct feed_doc doc = {.title = "A", .entries = entries, .entry_count = count};
		struct poll_result result = {.feed_id = feed + 1,
			.at = model->world.now,
			.http_status = 200,
			.max_age_s = -1,
			.doc = &doc};

		store_begin(model->world.store);
		assert_int_equal(
			poll_record(model->world.store, &model->world.config, &result, &reply),
			STATUS_OK);
		poll_reply_finish(&reply);
		store_rollback(model->world.store);
	}
	reply = world_poll(&model->world, feed + 1, entries, count);
	assert_int_equal(reply.task_count, 0);
	poll_reply_finish(&reply);
	for (size_t i = 0; i < count; i++)
		expect_item(model, feed, f->listed[first + i].article,
			item_of(model, feed, &entries[i]));
	f->was_polled = true;
}

static bool has_body(struct model *model, const struct report *article)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "SELECT has_body FROM item WHERE id = %lld",
		(long long)article->item_id);
	return world_count(&model->world, sql) != 0;
}

/* What has expired is known, but no longer what it said: another text is no news of it. */
static void rewrite_expired(struct model *model, struct report *article)
{
	char text[TEXT_BYTES];

	strcpy(text, article->text);
	edit(model, article->text, 45);
	poll(model, article->feed);
	strcpy(article->text, text);
	assert_false(has_body(model, article));
}

/* The owner rewrites one of its articles; it is listed still, so the next poll sees it. */
static void rewrite(struct model *model)
{
	struct report *article = &model->articles[roll(model, model->article_count)];
	struct feed_model *f;

	if (article->feed < 0)
		return;
	if (!has_body(model, article)) {
		rewrite_expired(model, article);
		return;
	}
	f = &model->feeds[article->feed];
	for (size_t i = f->count < LISTED ? 0 : f->count - LISTED; i < f->count; i++)
		if (f->listed[i].article == article) {
			edit(model, article->text, 45);
			article->revisions += !article->is_dropped;
			poll(model, article->feed);
			return;
		}
}

static bool on_read(void *context, const struct item_line *line)
{
	struct model *model = context;

	if (model->was_read[line->id])
		fail_msg("seed %llu: item %d is read twice", (unsigned long long)model->seed,
			(int)line->id);
	model->was_read[line->id] = true;
	model->read_count++;
	model->cursor = line->seq;
	return true;
}

/* A feed that links through a counter: the page says which article it is. */
static void redirect(struct model *model)
{
	struct report *article = &model->articles[roll(model, model->article_count)];
	struct feed_entry entry = {.title = "Seen elsewhere",
		.summary = "In a few words.",
		.published = DATE_NONE,
		.updated = DATE_NONE};
	char link[LINK_BYTES], page[LINK_BYTES], text[61 * 8];
	struct feed_model *f = &model->feeds[article->feed < 0 ? 0 : article->feed];
	struct poll_reply reply;
	size_t i = 0;

	if (article->feed < 0 || article->is_dropped || f->habit == LINK_SHARED)
		return;
	while (f->listed[i].article != article)
		i++;
	snprintf(link, sizeof(link), "https://go.example/r/%zu",
		(size_t)(article - model->articles));
	put_link(model, article->feed, f->listed[i].place, page);
	/* too short to be known by what it says */
	snprintf(text, sizeof(text), "%.*s", 60 * 8, article->text);
	entry.id = entry.url = link;
	reply = world_poll(&model->world, REDIRECTING + 1, &entry, 1);
	assert_in_range(reply.task_count, 0, 1);
	if (reply.task_count) {
		struct page_reply read = world_read(
			&model->world, reply.tasks[0].item_id, page, NULL, "Elsewhere", text);

		if (read.merged_into != article->item_id)
			fail_msg("seed %llu: the page of \"%s\" is taken for item %d, not %d",
				(unsigned long long)model->seed, article->title,
				(int)read.merged_into, (int)article->item_id);
	}
	poll_reply_finish(&reply);
}

/* So many texts are kept, the latest; those that are starred besides. */
static void expire(struct model *model)
{
	static const char bodies[] = "SELECT count(*) FROM item WHERE has_body = 1 AND starred = 0";
	int64_t before = world_count(&model->world, bodies),
		kept = 1 + (int64_t)roll(model, KEPT_MAX);
	struct expired expired = {.bodies = 0};

	if (model->world.now + EXPIRE_S > model->ends_at)
		return;
	model->world.config.keep.items = (int)kept;
	model->world.now += EXPIRE_S;
	do
		assert_int_equal(items_expire(model->world.store, &model->world.config,
					 model->world.now, &expired),
			STATUS_OK);
	while (expired.is_more);
	assert_int_equal(world_count(&model->world, bodies), before < kept ? before : kept);
	assert_int_equal(world_count(&model->world,
				 "SELECT count(*) FROM item WHERE has_body = 0 AND seq > (SELECT "
				 "min(seq) FROM item WHERE has_body = 1 AND starred = 0)"),
		0);
}

static bool on_change(void *context, const struct item_line *line)
{
	struct model *model = context;

	model->read_revision[line->id] = line->revision;
	model->changes_cursor = line->seq;
	return true;
}

/* A reader who wants to see what changed again. */
static void read_changes(struct model *model, int64_t limit)
{
	struct item_query query = {.after_seq = model->changes_cursor,
		.order = ITEM_ORDER_ARRIVAL,
		.want_changes = true,
		.limit = limit};

	assert_int_equal(
		item_query_run(model->world.store, &query, on_change, model, NULL), STATUS_OK);
}

static void read_some(struct model *model)
{
	struct item_query query = {.after_seq = model->cursor,
		.order = ITEM_ORDER_ARRIVAL,
		.limit = 1 + (int64_t)roll(model, 9)};

	assert_int_equal(
		item_query_run(model->world.store, &query, on_read, model, NULL), STATUS_OK);
}

static void restart(struct model *model)
{
	store_close(model->world.store);
	assert_int_equal(
		store_open(model->world.path, STORE_WRITE, &model->world.store, NULL), STATUS_OK);
	sqlite3_exec(store_db(model->world.store), "PRAGMA synchronous = OFF", NULL, NULL, NULL);
}

static void step(struct model *model)
{
	int feed = (int)roll(model, REDIRECTING);
	struct report *any;

	model->world.now += 60 + (int64_t)roll(model, 4000);
	switch (roll(model, 13)) {
	case 0: restart(model); break;
	case 1: read_some(model); break;
	case 2: rewrite(model); break;
	case 3: /* an agency's report is carried on; what was dropped is known by its link only */
		any = &model->articles[roll(model, model->article_count)];
		if (!any->is_dropped)
			list_article(model, feed, any);
		poll(model, feed);
		break;
	case 10: redirect(model); break;
	case 11: read_changes(model, 1 + (int64_t)roll(model, 9)); break;
	case 12: expire(model); break;
	case 4:
	case 5: poll(model, feed); break;
	default:
		if (model->article_count < ARTICLES)
			list_article(model, feed, new_report(model));
		if (model->article_count < ARTICLES && roll(model, 2))
			list_article(model, feed, new_report(model));
		poll(model, feed);
	}
}

static void compare(struct model *model)
{
	int64_t seen = 0, dropped = 0, special = 0, revisions = 0;

	for (size_t i = 0; i < model->article_count; i++) {
		const struct report *article = &model->articles[i];

		seen += article->item_id != 0;
		dropped += article->item_id && article->is_dropped;
		special += article->item_id && article->title[0] == 'S';
		revisions += article->revisions;
	}
	assert_int_equal(world_count(&model->world, "SELECT count(*) FROM item"), seen);
	assert_int_equal(
		world_count(&model->world, "SELECT count(*) FROM item WHERE state = 'dropped'"),
		dropped);
	assert_int_equal(
		world_count(&model->world, "SELECT count(*) FROM item WHERE starred = 1"), special);
	assert_int_equal(
		world_count(&model->world, "SELECT sum(hits) FROM rule"), dropped + special);
	assert_int_equal(world_count(&model->world, "SELECT count(*) FROM arrival WHERE kind = 0"),
		seen - dropped);
	assert_int_equal(world_count(&model->world, "SELECT sum(revision) FROM item"), revisions);
	assert_int_equal(world_count(&model->world, "SELECT count(*) FROM revision"),
		world_count(&model->world, "SELECT sum(revision) FROM item WHERE has_body = 1"));
	assert_int_equal(world_count(&model->world, "SELECT count(*) FROM item_fts_docsize"), seen);
	for (int last = -1; model->read_count != last;) {
		last = model->read_count;
		read_some(model);
	}
	assert_int_equal(model->read_count, seen - dropped);
	read_changes(model, 1000);
	for (size_t i = 0; i < model->article_count; i++) {
		const struct report *article = &model->articles[i];

		if (article->item_id && !article->is_dropped)
			assert_int_equal(
				model->read_revision[article->item_id], article->revisions);
	}
}

static void fail_line(void *context, const char *line)
{
	struct model *model = context;

	fail_msg("seed %llu: %s", (unsigned long long)model->seed, line);
}

static const struct config_rule rules[] = {
	{.name = "no adverts", .action = RULE_DROP, .title = "advertisement"},
	{.name = "stars", .action = RULE_STAR, .title = "special"},
};

static void run(uint64_t seed)
{
	struct model *model = xcalloc(1, sizeof(*model));
	char *urls[FEEDS];

	model->seed = model->random = seed;
	world_init(&model->world, FEEDS);
	sqlite3_exec(store_db(model->world.store), "PRAGMA synchronous = OFF", NULL, NULL, NULL);
	/* and what comes in the steps that are left */
	model->ends_at = model->world.now + COPIES_S - STEPS * 4060;
	for (size_t i = 0; i < FEEDS; i++) {
		urls[i] = xasprintf("https://feed%zu.example/feed", i + 1);
		model->config_feeds[i].url = urls[i];
		model->feeds[i].habit = (enum habit)roll(model, HABITS);
	}
	model->world.config.feeds = model->config_feeds;
	model->world.config.feed_count = FEEDS;
	model->config_feeds[REDIRECTING].fulltext = true;
	model->world.config.rules = rules;
	model->world.config.rule_count = ARRAY_LEN(rules);
	for (size_t i = 0; i < ARRAY_LEN(model->read_revision); i++)
		model->read_revision[i] = -1;
	model->world.config.max_age_s = (int64_t)10 * 365 * 86400;
	new_report(model);
	list_article(model, 0, &model->articles[0]);
	for (int i = 0; i < STEPS; i++)
		step(model);
	compare(model);
	assert_int_equal(store_check(model->world.store, NULL, fail_line, model), STATUS_OK);
	world_finish(&model->world);
	for (size_t i = 0; i < FEEDS; i++)
		free(urls[i]);
	free(model);
}

static void streams(void **state)
{
	const char *runs = getenv("DIURNA_MODEL_RUNS"), *seed = getenv("DIURNA_TEST_SEED");
	uint64_t first = seed ? strtoull(seed, NULL, 10) : 1;

	(void)state;
	for (uint64_t i = 0; i < (runs ? strtoull(runs, NULL, 10) : RUNS); i++)
		run(first + i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(streams)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
