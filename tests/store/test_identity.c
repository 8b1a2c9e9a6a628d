/* Once: an item is stored once, whatever its feeds, guids, tracking parameters or pages say. */
#include "world.h"

#include "core/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct world world;

static int setup(void **state)
{
	(void)state;
	world_init(&world, 3);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_finish(&world);
	return 0;
}

/* Polls and expects so many new items. */
static void poll_for(int64_t feed, const struct feed_entry *entries, size_t count, int want)
{
	struct poll_reply reply = world_poll(&world, feed, entries, count);

	assert_int_equal(reply.new_items, want);
	poll_reply_finish(&reply);
}

static int64_t items(void)
{
	return world_count(&world, "SELECT count(*) FROM item");
}

static void same_guid(void **state)
{
	struct feed_entry entry = ENTRY("tag:1", "https://a.example/1", "One", "<p>x</p>");

	(void)state;
	poll_for(1, &entry, 1, 1);
	poll_for(1, &entry, 1, 0);
	entry.url = "https://a.example/one-renamed";
	poll_for(1, &entry, 1, 0);
	/* the new link is known from now on, also by other feeds */
	entry.id = NULL;
	poll_for(2, &entry, 1, 0);
	assert_int_equal(items(), 1);
}

/* What was not committed was not: validators and entries are there together or not at all. */
static void rolled_back(void **state)
{
	struct feed_entry entry = ENTRY("1", "https://a.example/1", "One", "<p>x</p>");
	struct feed_doc doc = {.title = "A feed", .entries = &entry, .entry_count = 1};
	struct poll_result result = {.feed_id = 1,
		.at = world.now,
		.has_validators = true,
		.etag = "\"new\"",
		.max_age_s = -1,
		.doc = &doc};
	struct poll_reply reply;
	struct feed_row row;

	(void)state;
	assert_int_equal(store_begin(world.store), STATUS_OK);
	assert_int_equal(poll_record(world.store, &world.config, &result, &reply), STATUS_OK);
	assert_int_equal(reply.new_items, 1);
	poll_reply_finish(&reply);
	store_rollback(world.store);
	assert_int_equal(items(), 0);
	assert_int_equal(feed_get(world.store, 1, &row), STATUS_OK);
	assert_null(row.etag);
	feed_row_finish(&row);
	poll_for(1, &entry, 1, 1);
}

static void record(struct feed_entry *entry)
{
	struct feed_doc doc = {.title = "A feed", .entries = entry, .entry_count = 1};
	struct poll_result result = {.feed_id = 1, .at = world.now, .max_age_s = -1, .doc = &doc};
	struct poll_reply reply;

	assert_int_equal(poll_record(world.store, &world.config, &result, &reply), STATUS_OK);
	poll_reply_finish(&reply);
}

static int64_t matches(const char *word)
{
	char sql[128];

	snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM item_fts JOIN item ON item.seq = item_fts.rowid "
		"WHERE item_fts MATCH '%s'",
		word);
	return world_count(&world, sql);
}

/* Words go into the index when all is committed: as they are then, and not of what was undone. */
static void in_one_transaction(void **state)
{
	struct feed_entry first = ENTRY("1", "https://a.example/1", "Storm",
				  "<p>The storm has reached the coast, schools are closed</p>"),
			  second = ENTRY("2", "https://a.example/2", "Calm", "<p>A ferry</p>"),
			  third = ENTRY("3", "https://a.example/3", "Rain", "<p>A bridge</p>");

	(void)state;
	world.config.fulltext = false;
	world.config.max_first = 10;
	assert_int_equal(store_begin(world.store), STATUS_OK);
	record(&first);
	first.summary = "<p>The storm has passed, two people were hurt and trains run again</p>";
	record(&first);
	assert_int_equal(store_savepoint(world.store), STATUS_OK);
	record(&second);
	assert_int_equal(store_savepoint_end(world.store, false), STATUS_OK);
	assert_int_equal(store_savepoint(world.store), STATUS_OK);
	record(&third);
	assert_int_equal(store_savepoint_end(world.store, true), STATUS_OK);
	assert_int_equal(store_commit(world.store), STATUS_OK);
	assert_int_equal(matches("schools"), 0);
	assert_int_equal(matches("trains"), 1);
	assert_int_equal(matches("ferry"), 0);
	assert_int_equal(matches("bridge"), 1);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item_fts"), 2);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM arrival JOIN item "
					     "USING (seq) WHERE kind = 0"),
		2);
	/* the numbers of arrivals go on */
	record(&second);
	assert_int_equal(world_count(&world, "SELECT max(seq) = count(*) FROM arrival"), 1);
}

static void same_link(void **state)
{
	struct feed_entry entry = ENTRY("1", "https://a.example/1?utm_source=x", "One", "<p>x</p>");

	(void)state;
	poll_for(1, &entry, 1, 1);
	entry.id = "other";
	entry.url = "http://a.example/1#top";
	poll_for(2, &entry, 1, 0);
	assert_int_equal(items(), 1);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM sighting"), 2);
}

static void no_guid(void **state)
{
	struct feed_entry entry = ENTRY(NULL, NULL, "Note", "<p>something short</p>");

	(void)state;
	poll_for(1, &entry, 1, 1);
	poll_for(1, &entry, 1, 0);
	entry.summary = "<p>something else</p>";
	poll_for(1, &entry, 1, 1);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item WHERE state = 'ready'"), 2);
}

static void long_guid(void **state)
{
	struct feed_entry entry = ENTRY(NULL, NULL, "Long", "<p>x</p>");
	char *guid = xmalloc(10001);

	(void)state;
	memset(guid, 'g', 10000);
	guid[10000] = '\0';
	entry.id = guid;
	poll_for(1, &entry, 1, 1);
	poll_for(1, &entry, 1, 0);
	guid[9999] = 'h';
	poll_for(1, &entry, 1, 1);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM sighting WHERE guid LIKE 'sha256:%'"), 2);
	free(guid);
}

static void changing_guids(void **state)
{
	struct feed_entry entries[5];
	char guids[2][5][16], links[5][40], titles[5][16];

	(void)state;
	for (int i = 0; i < 5; i++) {
		snprintf(links[i], sizeof(links[i]), "https://a.example/%d", i);
		snprintf(titles[i], sizeof(titles[i]), "Title %d", i);
		snprintf(guids[0][i], 16, "old-%d", i);
		snprintf(guids[1][i], 16, "new-%d", i);
		entries[i] = (struct feed_entry)ENTRY(guids[0][i], links[i], titles[i], "<p>x</p>");
	}
	poll_for(1, entries, 5, 5);
	for (int i = 0; i < 5; i++)
		entries[i].id = guids[1][i];
	poll_for(1, entries, 5, 0);
	assert_int_equal(world_count(&world, "SELECT guid_trust FROM feed WHERE id = 1"), 0);
	/* and now the guids go round */
	for (int i = 0; i < 5; i++)
		entries[i].id = guids[1][(i + 1) % 5];
	poll_for(1, entries, 5, 0);
	assert_int_equal(items(), 5);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM revision"), 0);
}

static void guids_that_count_places(void **state)
{
	struct feed_entry before[] = {
		ENTRY("0", "https://a.example/c", "Third", "<p>c</p>"),
		ENTRY("1", "https://a.example/b", "Second", "<p>b</p>"),
		ENTRY("2", "https://a.example/a", "First", "<p>a</p>"),
	};
	struct feed_entry after[] = {
		ENTRY("0", "https://a.example/e", "Fifth", "<p>e</p>"),
		ENTRY("1", "https://a.example/d", "Fourth", "<p>d</p>"),
		ENTRY("2", "https://a.example/c", "Third", "<p>c</p>"),
	};

	(void)state;
	poll_for(1, before, 3, 3);
	poll_for(1, after, 3, 2);
	assert_int_equal(items(), 5);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM revision"), 0);
}

/* Another feed of the same site has other guids: that says nothing against them. */
static void second_feed_of_a_site(void **state)
{
	struct feed_entry entries[] = {
		ENTRY("a1", "https://a.example/1", "First", "<p>a</p>"),
		ENTRY("a2", "https://a.example/2", "Second", "<p>b</p>"),
		ENTRY("a3", "https://a.example/3", "Third", "<p>c</p>"),
	};

	(void)state;
	poll_for(1, entries, 3, 3);
	poll_for(2, entries, 1, 0);
	entries[0].id = "b1", entries[1].id = "b2", entries[2].id = "b3";
	poll_for(2, entries + 1, 2, 0);
	assert_int_equal(world_count(&world, "SELECT guid_trust FROM feed WHERE id = 2"), 1);
}

static void shared_link(void **state)
{
	struct feed_entry entries[] = {
		ENTRY("1", "https://a.example/changes", "Version 1", "<p>a</p>"),
		ENTRY("2", "https://a.example/changes", "Version 2", "<p>b</p>"),
		ENTRY("3", "https://a.example/changes", "Version 3", "<p>c</p>"),
	};

	(void)state;
	poll_for(1, entries, 3, 3);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item WHERE canonical IS NULL "
					     "AND state = 'ready'"),
		3);
	poll_for(1, entries, 3, 0);
}

/* An entry of links_given_again: its words are of the article, not of its place. */
static void give(struct feed_entry *entry, int article, const char *link, const char *guid)
{
	static char titles[8][16];
	static unsigned turn;
	char *title = titles[turn++ % ARRAY_LEN(titles)];

	snprintf(title, sizeof(titles[0]), "Article %d", article);
	*entry = (struct feed_entry)ENTRY(
		guid, link, title, world_text((unsigned)article * 2654435761u, 60));
	entry->published = world.now;
}

/* One link for the article of the day, or for each place of a list: it says nothing. */
static void links_given_again(void **state)
{
	static const char *const places[] = {
		"https://a.example/first", "https://a.example/second", "https://a.example/third"};
	struct feed_entry entries[3];
	char guids[8][16];

	(void)state;
	for (int day = 0; day < 8; day++)
		snprintf(guids[day], sizeof(guids[0]), "guid-%d", day);
	for (int day = 0; day < 4; day++) {
		give(entries, day, "https://a.example/today", guids[day]);
		poll_for(1, entries, 1, 1);
		poll_for(1, entries, 1, 0);
		world_fail_pages(&world);
		world.now += 24 * 3600;
	}
	assert_int_equal(items(), 4);
	/* the newest stands first, and pushes the others on */
	for (int day = 2; day < 6; day++) {
		for (int place = 0; place < 3; place++)
			give(&entries[place], 100 + day - place, places[place], guids[day - place]);
		poll_for(2, entries, 3, day == 2 ? 3 : 1);
		world_fail_pages(&world);
		world.now += 24 * 3600;
	}
	assert_int_equal(items(), 10);
	assert_int_equal(0, world_count(&world, "SELECT count(*) FROM revision"));
	assert_int_equal(1, world_count(&world, "SELECT min(guid_trust) FROM feed"));
}

/* A ticker among articles has another guid and headline each time, and stays one item. */
static void ticker(void **state)
{
	struct feed_entry entries[3];

	(void)state;
	for (int hour = 0; hour < 4; hour++) {
		char guid[16];

		snprintf(guid, sizeof(guid), "live#%d", hour);
		give(&entries[0], 10 + hour, "https://a.example/live", guid);
		give(&entries[1], 1, "https://a.example/1", "1");
		give(&entries[2], 2, "https://a.example/2", "2");
		poll_for(1, entries, 3, hour == 0 ? 3 : 0);
		world_fail_pages(&world);
		world.now += 2 * 3600;
	}
	assert_int_equal(items(), 3);
	assert_int_equal(3, world_count(&world, "SELECT count(*) FROM revision"));
}

static void home_link(void **state)
{
	struct feed_entry entry = ENTRY("1", "https://a.example/", "Monday", "<p>a</p>");

	(void)state;
	poll_for(1, &entry, 1, 1);
	entry.id = "2";
	entry.title = "Tuesday";
	poll_for(1, &entry, 1, 1);
}

static void twice_in_a_document(void **state)
{
	struct feed_entry entries[] = {
		ENTRY("x#1", "https://a.example/x", "Same", "<p>a</p>"),
		ENTRY("y", "https://a.example/y", "Other", "<p>b</p>"),
		ENTRY("x#0", "https://a.example/x", "Same", "<p>a</p>"),
	};

	(void)state;
	poll_for(1, entries, 3, 2);
	poll_for(1, entries, 3, 0);
}

static void one_guid_twice(void **state)
{
	struct feed_entry entries[] = {
		ENTRY("z", NULL, "Other", "<p>b</p>"),
		ENTRY("x", "https://a.example/x", "Same", "<p>a</p>"),
		ENTRY("y", NULL, "Third", "<p>c</p>"),
		ENTRY("x", "https://a.example/x", "Same", "<p>a</p>"),
		ENTRY("z", NULL, "Other", "<p>b</p>"),
	};

	(void)state;
	poll_for(1, entries, 5, 3);
	poll_for(1, entries, 5, 0);
}

static void what_says_nothing(void **state)
{
	struct feed_entry entries[] = {
		ENTRY("guid", NULL, NULL, NULL),
		ENTRY("x", "https://a.example/x", "One", "<p>a</p>"),
		ENTRY(NULL, "", "", ""),
		ENTRY(NULL, NULL, "Only a title", NULL),
	};

	(void)state;
	poll_for(1, entries, 4, 2);
	poll_for(1, entries, 4, 0);
	entries[0].title = "It says something now";
	poll_for(1, entries, 4, 1);
	/* a sound file is something */
	entries[2].enclosures = &(struct doc_enclosure){.url = "https://a.example/x.mp3"};
	entries[2].enclosure_count = 1;
	poll_for(1, entries, 4, 1);
}

static void same_text(void **state)
{
	const char *text = world_text(7, 120);
	struct feed_entry entry = ENTRY("1", "https://a.example/1", "Agency", text);

	(void)state;
	poll_for(1, &entry, 1, 1);
	world_fail_pages(&world);
	entry.id = "2";
	entry.url = "https://b.example/its-own-address";
	entry.title = "The same report under another title";
	poll_for(2, &entry, 1, 0);
	assert_int_equal(items(), 1);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item_alias"), 1);
}

/* One guid for all entries of a document, without dates: links decide, from the first poll on. */
static void one_guid_for_all(void **state)
{
	struct feed_entry entries[] = {
		ENTRY("urn:feed", "https://a.example/1", "One", "<p>x</p>"),
		ENTRY("urn:feed", "https://a.example/2", "Two", "<p>y</p>"),
		ENTRY("urn:feed", "https://a.example/3", "Three", "<p>z</p>"),
	};

	(void)state;
	poll_for(1, entries, 1, 1);
	poll_for(1, entries, 3, 2);
	poll_for(1, entries, 3, 0);
	assert_int_equal(items(), 3);
	assert_int_equal(world_count(&world, "SELECT guid_trust FROM feed WHERE id = 1"), 0);
}

static void page_merges(void **state)
{
	struct feed_entry entries[] = {
		ENTRY("1", "https://a.example/1", "One", "<p>a</p>"),
		ENTRY("2", "https://short.example/xyz", "One", "<p>a</p>"),
		ENTRY("3", "https://print.a.example/1", "One", "<p>a</p>"),
	};
	const char *text = world_text(1, 300);
	struct page_reply reply;

	(void)state;
	poll_for(1, &entries[0], 1, 1);
	poll_for(2, &entries[1], 1, 1);
	poll_for(3, &entries[2], 1, 1);
	reply = world_read(&world, 1, "https://a.example/1", NULL, "One", text);
	assert_true(reply.is_ready);
	/* a redirect to it */
	reply = world_read(&world, 2, "https://a.example/1?utm_source=y", NULL, "One", text);
	assert_false(reply.is_ready);
	assert_int_equal(reply.merged_into, 1);
	/* a page that says that it is a copy */
	reply = world_read(&world, 3, "https://print.a.example/1", "https://a.example/1",
		"One, to print", world_text(2, 300));
	assert_int_equal(reply.merged_into, 1);
	assert_int_equal(items(), 1);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM sighting"), 3);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM arrival"), 1);
	poll_for(2, &entries[1], 1, 0);
	poll_for(3, &entries[2], 1, 0);
	/* another site's page may not say that it is ours */
	entries[0] = (struct feed_entry)ENTRY("4", "https://evil.example/4", "Four", "<p>x</p>");
	poll_for(1, entries, 1, 1);
	reply = world_read(&world, 4, "https://evil.example/4", "https://a.example/1", "Four",
		world_text(3, 300));
	assert_int_equal(reply.merged_into, 0);
	assert_true(reply.is_ready);
}

/* All links of a site lead to one login page: its articles stay apart. */
static void wall_does_not_merge(void **state)
{
	struct feed_entry entries[] = {
		ENTRY("1", "https://a.example/1", "Storm", "<p>first teaser</p>"),
		ENTRY("2", "https://a.example/2", "Chess", "<p>second teaser</p>"),
	};
	const char *wall = world_text(5, 90);
	struct page_reply reply;

	(void)state;
	poll_for(1, entries, 2, 2);
	for (int i = 1; i <= 2; i++) {
		reply = world_read(&world, i, "https://a.example/login", "https://a.example/login",
			NULL, wall);
		if (reply.merged_into)
			break;
	}
	assert_int_equal(items(), 2);
}

/* What the store says that the entry of an item says. */
static void entry_says(int64_t id, const char *want)
{
	struct entry_hints hints;
	struct arena arena = {0};

	assert_int_equal(item_hints(world.store, id, &arena, &hints), STATUS_OK);
	assert_string_equal(hints.content ? hints.content : "", want);
	arena_finish(&arena);
}

/*
 * A feed that gives the article in full, as its page does: stored once, and given back as it came,
 * whatever becomes of the article's text.
 */
static void full_texts_of_feeds_are_stored_once(void **state)
{
	const char *text = world_text(1, 200), *other = world_text(2, 200);
	char *full = xasprintf("<div>%s</div>", text), *counted, *news;
	struct feed_entry entry = ENTRY("1", "https://a.example/1", "One", NULL);
	struct expired expired = {.bodies = 0};

	(void)state;
	entry.content = full;
	poll_for(1, &entry, 1, 1);
	entry_says(1, full);
	world_read(&world, 1, "https://a.example/1", NULL, "One", text);
	entry_says(1, full);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item_body WHERE content IS NULL "
					     "AND length(content_markup) < 100"),
		1);
	/* a counter that changes is no news, and stored as it comes */
	counted = xasprintf("<div>%s</div><p>11 comments</p>", text);
	entry.content = counted;
	poll_for(1, &entry, 1, 0);
	entry_says(1, counted);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item_body WHERE content IS NULL "
					     "AND content_markup LIKE '%comments%'"),
		1);
	/* news: another text, whose page says something else in the end */
	news = xasprintf("<p>%s</p>", other);
	entry.content = news;
	world.now += 86400;
	poll_for(1, &entry, 1, 0);
	entry_says(1, news);
	world_read(&world, 1, "https://a.example/1", NULL, "One", world_text(3, 300));
	entry_says(1, news);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM revision"), 1);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM article "
					     "WHERE text IS NOT NULL"),
		1);
	/* gone, it does not come back by a counter */
	world.config.keep.age_s = 60;
	world.now += 9 * 86400;
	while (expired.bodies == 0)
		assert_int_equal(
			items_expire(world.store, &world.config, world.now, &expired), STATUS_OK);
	entry.content = counted;
	entry_says(1, "");
	poll_for(1, &entry, 1, 0);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item_body"), 0);
	free(news);
	free(counted);
	free(full);
}

static void revision(void **state)
{
	struct feed_entry entry = ENTRY("1", "https://a.example/1", "Storm",
		"<p>The storm has reached the coast this morning, schools are closed</p>");
	struct poll_reply reply;

	(void)state;
	poll_for(1, &entry, 1, 1);
	world_fail_pages(&world);
	/* spaces, markup and counters are no news */
	entry.summary = "<div>The storm has reached the coast this morning,  schools are "
			"closed</div>";
	reply = world_poll(&world, 1, &entry, 1);
	assert_int_equal(reply.revised, 0);
	poll_reply_finish(&reply);
	entry.summary = "<p>The storm has passed, two people were hurt and trains run again</p>";
	reply = world_poll(&world, 1, &entry, 1);
	assert_int_equal(reply.revised, 1);
	assert_int_equal(reply.task_count, 1);
	poll_reply_finish(&reply);
	world_fail_pages(&world);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM arrival WHERE kind = 1"), 1);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM revision "
					     "WHERE text LIKE '%schools%' AND n = 0"),
		1);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM article WHERE text LIKE '%passed%'"), 1);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM item_fts WHERE item_fts MATCH 'schools'"),
		0);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM item_fts WHERE item_fts MATCH 'trains'"),
		1);
}

static int brings(struct feed_entry *entry, const char *title, const char *summary)
{
	struct poll_reply reply;
	int revised;

	entry->title = title;
	entry->summary = summary;
	reply = world_poll(&world, 1, entry, 1);
	revised = reply.revised;
	poll_reply_finish(&reply);
	world_fail_pages(&world);
	world.now += 3600;
	return revised;
}

/* Two headlines by turns, or copies of a server that are old: no news at every poll. */
static void swinging(void **state)
{
	static const char quiet[] = "<p>The harbour was quiet on that morning</p>",
			  loud[] = "<p>Bells rang over the water all evening long</p>";
	struct feed_entry entry = ENTRY("1", "https://a.example/1", "", "");

	(void)state;
	assert_int_equal(brings(&entry, "One", quiet), 0);
	assert_int_equal(brings(&entry, "Other", loud), 1);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(brings(&entry, "One", quiet), 0);
		assert_int_equal(brings(&entry, "Other", loud), 0);
	}
	assert_int_equal(1, world_count(&world, "SELECT count(*) FROM revision"));
	assert_int_equal(1, world_count(&world, "SELECT title = 'Other' FROM item"));
	/* a third one is news at once, what was taken back is a day later */
	assert_int_equal(SQLITE_OK,
		sqlite3_exec(store_db(world.store), "UPDATE feed SET etag = 'e', body_hash = x'01'",
			NULL, NULL, NULL));
	assert_int_equal(brings(&entry, "Third", quiet), 1);
	assert_int_equal(1, world_count(&world, "SELECT etag = 'e' FROM feed"));
	assert_int_equal(brings(&entry, "One", quiet), 0);
	assert_int_equal(
		1, world_count(&world, "SELECT etag IS NULL AND body_hash IS NULL FROM feed"));
	world.now += 24 * 3600;
	assert_int_equal(brings(&entry, "One", quiet), 1);
	assert_int_equal(1, world_count(&world, "SELECT title = 'One' FROM item"));
	assert_int_equal(1, world_count(&world, "SELECT text LIKE '%quiet%' FROM article"));
	assert_int_equal(3, world_count(&world, "SELECT count(*) FROM arrival WHERE kind = 1"));
}

static void first_poll_backlog(void **state)
{
	struct feed_entry entries[6];
	char links[6][40];

	(void)state;
	world.config.max_first = 3;
	for (int i = 0; i < 6; i++) {
		snprintf(links[i], sizeof(links[i]), "https://a.example/%d", i);
		entries[i] = (struct feed_entry)ENTRY(links[i], links[i], "T", "<p>x</p>");
		entries[i].published = world.now - i * 24 * 3600;
	}
	entries[1].published = world.now - 30 * 24 * 3600;
	poll_for(1, entries, 6, 6);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item WHERE is_backlog"), 3);
	assert_int_equal(
		world_count(&world, "SELECT is_backlog FROM item WHERE url LIKE '%/1'"), 1);
	assert_int_equal(
		world_count(&world, "SELECT is_backlog FROM item WHERE url LIKE '%/3'"), 0);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM item WHERE page_state = 'waiting'"), 3);
	/* arrivals follow publication */
	world_fail_pages(&world);
	assert_int_equal(world_count(&world,
				 "SELECT count(*) FROM arrival a JOIN item i ON i.id = a.item_id "
				 "JOIN arrival b ON b.seq > a.seq AND b.item_id > 3 "
				 "JOIN item j ON j.id = b.item_id WHERE i.is_backlog = 0 AND "
				 "j.is_backlog = 0 AND i.published_at > j.published_at"),
		0);
}

/* Whatever feeds say in whatever order, in pieces or again: the same items, each once. */
static void any_order(void **state)
{
	enum { ARTICLES = 12, ROUNDS = 60 };
	static const char *const forms[][2] = {{"https://a.example/", ""},
		{"http://a.example/", "?utm_source=rss"}, {"https://A.example:443/./", "#part"},
		{"https://a.example/", "?fbclid=x"}};
	char links[8][64], guids[8][32], titles[8][32];
	struct feed_entry entries[8];
	unsigned seed = 20261122;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		size_t count = 0;

		world.now += 600;
		seed = seed * 1103515245u + 12345u;
		for (count = 0; count < 1 + (seed >> 16) % 8; count++) {
			unsigned n = (seed >> 8) * (unsigned)(count + 3) % ARTICLES + 1;
			unsigned feed = (unsigned)round % 3;

			const char *const *form = forms[(seed >> (count & 7)) & 3];

			snprintf(links[count], sizeof(links[count]), "%s%u%s", form[0], n, form[1]);
			snprintf(guids[count], sizeof(guids[count]), "f%u-%u", feed, n);
			snprintf(titles[count], sizeof(titles[count]), "Article %u", n);
			entries[count] =
				(struct feed_entry)ENTRY(seed & 1 << count ? guids[count] : NULL,
					links[count], titles[count], "<p>teaser</p>");
		}
		struct poll_reply reply = world_poll(&world, round % 3 + 1, entries, count);
		poll_reply_finish(&reply);
		if (round % 5 == 0)
			world_fail_pages(&world);
	}
	world_fail_pages(&world);
	assert_true(items() <= ARTICLES);
	assert_int_equal(items(), world_count(&world, "SELECT count(DISTINCT title) FROM item"));
	assert_int_equal(
		items(), world_count(&world, "SELECT count(*) FROM arrival WHERE kind = 0"));
	assert_int_equal(0, world_count(&world, "SELECT count(*) FROM revision"));
}

/* What is there already adds nothing; what only pretends to be new does. */
static void the_store_tells_what_was_added(void **state)
{
	struct feed_entry entries[] = {ENTRY("1", "https://a.example/1", "One", "<p>One word.</p>"),
		ENTRY("2", "https://a.example/2", "Two", "<p>Two words.</p>")};
	struct poll_reply reply;
	int64_t added;

	(void)state;
	reply = world_poll(&world, 1, entries, 2);
	added = reply.bytes;
	assert_true(added > 2 * 1000);
	poll_reply_finish(&reply);
	reply = world_poll(&world, 1, entries, 2);
	assert_int_equal(reply.bytes, 0);
	poll_reply_finish(&reply);
	/* the same items, by another feed and under other links: rows of their own */
	reply = world_poll(&world, 2, entries, 2);
	assert_in_range(reply.bytes, 1, added / 2);
	poll_reply_finish(&reply);
	entries[0].url = "https://a.example/other";
	reply = world_poll(&world, 1, entries, 2);
	assert_true(reply.bytes > 0);
	poll_reply_finish(&reply);
	reply = world_poll(&world, 1, entries, 2);
	assert_int_equal(reply.bytes, 0);
	poll_reply_finish(&reply);
	/* one that has brought too much is not asked before its day has passed */
	assert_int_equal(feed_postpone(world.store, 1, 3000000000), STATUS_OK);
	assert_int_equal(feed_postpone(world.store, 1, 5), STATUS_OK);
	assert_int_equal(world_count(&world, "SELECT next_at FROM feed WHERE id = 1"), 3000000000);
}

/* A page may give the date that the feed lacks, but for one that is yet to come. */
static void dates_of_pages(void **state)
{
	static const struct {
		int64_t after_s;
		bool is_taken;
	} table[] = {{-90 * 24 * 3600, true}, {3600, true}, {5 * 365 * 24 * 3600, false}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct article article = {.text = world_text((unsigned)i, 100),
			.html = "",
			.quality = 0.9,
			.source = ARTICLE_SOURCE_PAGE,
			.published = world.now + table[i].after_s,
			.modified = DATE_NONE};
		struct page_result page = {
			.outcome = PAGE_OK, .final_url = "https://a.example/", .article = &article};
		char guid[8], link[40];
		struct feed_entry entry = ENTRY(guid, link, guid, "<p>x</p>");
		struct poll_reply reply;

		snprintf(guid, sizeof(guid), "%zu", i);
		snprintf(link, sizeof(link), "https://a.example/%zu", i);
		page.final_url = link;
		reply = world_poll(&world, 1, &entry, 1);
		world_page(&world, reply.tasks[0].item_id, &page);
		poll_reply_finish(&reply);
		assert_int_equal(
			world_count(&world, "SELECT coalesce(published_at, 0) FROM item ORDER BY "
					    "id DESC LIMIT 1"),
			table[i].is_taken ? article.published : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(same_guid, setup, teardown),
		cmocka_unit_test_setup_teardown(rolled_back, setup, teardown),
		cmocka_unit_test_setup_teardown(in_one_transaction, setup, teardown),
		cmocka_unit_test_setup_teardown(same_link, setup, teardown),
		cmocka_unit_test_setup_teardown(no_guid, setup, teardown),
		cmocka_unit_test_setup_teardown(long_guid, setup, teardown),
		cmocka_unit_test_setup_teardown(changing_guids, setup, teardown),
		cmocka_unit_test_setup_teardown(guids_that_count_places, setup, teardown),
		cmocka_unit_test_setup_teardown(second_feed_of_a_site, setup, teardown),
		cmocka_unit_test_setup_teardown(shared_link, setup, teardown),
		cmocka_unit_test_setup_teardown(links_given_again, setup, teardown),
		cmocka_unit_test_setup_teardown(ticker, setup, teardown),
		cmocka_unit_test_setup_teardown(home_link, setup, teardown),
		cmocka_unit_test_setup_teardown(twice_in_a_document, setup, teardown),
		cmocka_unit_test_setup_teardown(one_guid_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(what_says_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(same_text, setup, teardown),
		cmocka_unit_test_setup_teardown(one_guid_for_all, setup, teardown),
		cmocka_unit_test_setup_teardown(page_merges, setup, teardown),
		cmocka_unit_test_setup_teardown(wall_does_not_merge, setup, teardown),
		cmocka_unit_test_setup_teardown(
			full_texts_of_feeds_are_stored_once, setup, teardown),
		cmocka_unit_test_setup_teardown(revision, setup, teardown),
		cmocka_unit_test_setup_teardown(swinging, setup, teardown),
		cmocka_unit_test_setup_teardown(first_poll_backlog, setup, teardown),
		cmocka_unit_test_setup_teardown(any_order, setup, teardown),
		cmocka_unit_test_setup_teardown(the_store_tells_what_was_added, setup, teardown),
		cmocka_unit_test_setup_teardown(dates_of_pages, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
