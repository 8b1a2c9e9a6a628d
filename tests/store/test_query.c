#include "world.h"

#include "core/buf.h"
#include "core/mem.h"
#include "store/cursors.h"
#include "store/fts.h"
#include "store/labels.h"
#include "store/match.h"
#include "store/prefix.h"
#include "store/query.h"
#include "store/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct world world;

static int setup(void **state)
{
	struct feed_entry first[] = {
		ENTRY("1", "https://a.example/1", "Storm in Lisbon", "<p>Wind and rain</p>"),
		ENTRY("2", "https://a.example/2", "Élection à Paris", "<p>Le vote</p>"),
	};
	struct feed_entry second[] = {
		ENTRY("3", "https://b.example/3", "Chess", "<p>A storm of moves</p>"),
	};
	struct poll_reply reply;

	(void)state;
	world_init(&world, 2);
	reply = world_poll(&world, 1, first, 2);
	poll_reply_finish(&reply);
	world_fail_pages(&world);
	world.now += 100;
	reply = world_poll(&world, 2, second, 1);
	poll_reply_finish(&reply);
	world_fail_pages(&world);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_finish(&world);
	return 0;
}

struct answer_text {
	char titles[256];
	int count, stop_after;
};

static bool on_item(void *context, const struct item_line *line)
{
	struct answer_text *answer = context;

	assert_true(strlen(answer->titles) + strlen(line->title) + 2 < sizeof(answer->titles));
	strcat(strcat(answer->titles, line->title), "|");
	return ++answer->count != answer->stop_after;
}

static void expect(const struct item_query *query, enum status want_status, const char *want)
{
	struct answer_text answer = {.count = 0};
	char *why = NULL;
	enum status status = item_query_run(world.store, query, on_item, &answer, &why);

	if (status != want_status)
		fail_msg("status %d: %s", status, why ? why : "");
	assert_string_equal(answer.titles, want);
	assert_true((status == STATUS_OK) == (why == NULL));
	free(why);
}

#define ASK(want_status, want, ...) expect(&(struct item_query){__VA_ARGS__}, want_status, want)

static void conditions(void **state)
{
	(void)state;
	ASK(STATUS_OK, "Chess|Storm in Lisbon|Élection à Paris|", .limit = 0);
	ASK(STATUS_OK, "Élection à Paris|Storm in Lisbon|Chess|", .order = ITEM_ORDER_ARRIVAL);
	ASK(STATUS_OK, "Chess|", .limit = 1);
	ASK(STATUS_OK, "Chess|", .section = "more");
	ASK(STATUS_NOT_FOUND, "", .section = "Sports");
	ASK(STATUS_OK, "Chess|", .feed = "2");
	ASK(STATUS_OK, "Chess|", .feed = "https://feed2.example/feed");
	ASK(STATUS_OK, "Chess|", .feed = "feed2");
	ASK(STATUS_NOT_FOUND, "", .feed = "feed9");
	ASK(STATUS_OK, "Chess|", .feed = "FEED2.example");
	ASK(STATUS_NOT_FOUND, "", .feed = "feed_.example");
	/* it has no title yet, and no items */
	assert_int_equal(sqlite3_exec(store_db(world.store),
				 "INSERT INTO feed (url) VALUES ('https://fresh.example/')", NULL,
				 NULL, NULL),
		SQLITE_OK);
	ASK(STATUS_OK, "", .feed = "fresh");
	ASK(STATUS_NOT_FOUND, "", .feed = "%");
	ASK(STATUS_OK, "Chess|", .since = world.now);
	ASK(STATUS_OK, "Storm in Lisbon|Élection à Paris|", .until = world.now);
	ASK(STATUS_OK, "Chess|Storm in Lisbon|", .after_seq = 1);
	ASK(STATUS_OK, "Élection à Paris|", .until_seq = 1);
	ASK(STATUS_OK, "", .only_starred = true);
	assert_int_equal(label_put(world.store, 1, "It's", world.now), STATUS_OK);
	assert_int_equal(label_put(world.store, 3, "It's", world.now), STATUS_OK);
	ASK(STATUS_OK, "Chess|Élection à Paris|", .label = "It's");
	ASK(STATUS_OK, "Chess|", .label = "It's", .match = "storm");
	ASK(STATUS_OK, "", .label = "it");
	ASK(STATUS_NOT_FOUND, "", .edition = "2026-01-01");
	ASK(STATUS_OK, "", .want_dropped = true);
	ASK(STATUS_OK, "Chess|Storm in Lisbon|Élection à Paris|", .order = ITEM_ORDER_PUBLISHED);
}

static void words(void **state)
{
	(void)state;
	ASK(STATUS_OK, "Storm in Lisbon|Chess|", .match = "storm", .order = ITEM_ORDER_RELEVANCE);
	ASK(STATUS_OK, "Élection à Paris|", .match = "election");
	ASK(STATUS_OK, "Storm in Lisbon|", .match = "wind AND rain");
	ASK(STATUS_OK, "Storm in Lisbon|", .match = "(wind OR chess) rain");
	ASK(STATUS_OK, "Chess|", .match = "storm -title:lisbon");
	ASK(STATUS_OK, "Chess|", .match = "storm AND NOT rain");
	ASK(STATUS_OK, "", .match = "nothing");
	ASK(STATUS_SYNTAX, "", .match = "\"open");
	ASK(STATUS_SYNTAX, "", .match = "AND");
	ASK(STATUS_NOT_FOUND, "", .feed = "");
	ASK(STATUS_OK, "Chess|", .match = "storm", .section = "More", .feed = "2");
}

/* Where no spaces are written, a part of a sentence is found as it is. */
static void words_without_spaces(void **state)
{
	struct feed_entry entries[] = {
		ENTRY("t1", "https://a.example/t1", "東京で地震",
			"<p>新幹線が一時停止した。OpenAI発表</p>"),
		ENTRY("t2", "https://a.example/t2", "京都と東北", "<p>天気は晴れ。</p>"),
		ENTRY("t3", "https://a.example/t3", "กรุงเทพมหานคร", "<p>ข่าววันนี้</p>"),
	};
	struct poll_reply reply = world_poll(&world, 1, entries, 3);

	(void)state;
	poll_reply_finish(&reply);
	world_fail_pages(&world);
	ASK(STATUS_OK, "東京で地震|", .match = "東京");
	ASK(STATUS_OK, "東京で地震|", .match = "一時停止");
	ASK(STATUS_OK, "東京で地震|", .match = "openai");
	ASK(STATUS_OK, "東京で地震|", .match = "発表");
	ASK(STATUS_OK, "京都と東北|", .match = "title:東北 NOT 東京");
	ASK(STATUS_OK, "", .match = "都京");
	ASK(STATUS_OK, "กรุงเทพมหานคร|", .match = "กรุงเทพ");
}

/* Letters that are no letter with an accent: written as they are or plainly, found by either. */
static void words_in_plain_letters(void **state)
{
	struct feed_entry entries[] = {
		ENTRY("p1", "https://a.example/p1", "Łódź und Tromsø",
			"<p>Die Straße ist gesperrt, meint Đorđe.</p>"),
		ENTRY("p2", "https://a.example/p2", "Lodz and Tromso",
			"<p>An office in a strasse.</p>"),
		ENTRY("p3", "https://a.example/p3", "Encyclopædia",
			"<p>An oﬃce of ǼSIR in the ISPARTA of ısı</p>"),
	};
	struct poll_reply reply = world_poll(&world, 1, entries, 3);

	(void)state;
	poll_reply_finish(&reply);
	world_fail_pages(&world);
	ASK(STATUS_OK, "Łódź und Tromsø|Lodz and Tromso|", .match = "lodz");
	ASK(STATUS_OK, "Łódź und Tromsø|Lodz and Tromso|", .match = "łódź");
	ASK(STATUS_OK, "Łódź und Tromsø|Lodz and Tromso|", .match = "TROMSØ");
	ASK(STATUS_OK, "Łódź und Tromsø|Lodz and Tromso|", .match = "title:troms*");
	ASK(STATUS_OK, "Łódź und Tromsø|Lodz and Tromso|", .match = "łó* tromsø*");
	ASK(STATUS_OK, "Łódź und Tromsø|Lodz and Tromso|", .match = "strasse");
	ASK(STATUS_OK, "Lodz and Tromso|Łódź und Tromsø|", .match = "STRAẞE",
		.order = ITEM_ORDER_RELEVANCE);
	ASK(STATUS_OK, "Łódź und Tromsø|", .match = "\"strasse ist\"");
	ASK(STATUS_OK, "Łódź und Tromsø|", .match = "djordje OR dorde");
	ASK(STATUS_OK, "Encyclopædia|", .match = "encyclopaedia");
	ASK(STATUS_OK, "Lodz and Tromso|Encyclopædia|", .match = "office");
	ASK(STATUS_OK, "Encyclopædia|", .match = "æsir isi");
	ASK(STATUS_OK, "", .match = "o");
}

static void exec(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static int64_t number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t number;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	number = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return number;
}

/* What was indexed when words were there only as written is found so, and goes whole. */
static void an_index_of_before_plain_letters(void **state)
{
	char *path = xasprintf("%s/old.db", world.folder);
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	exec(db, "CREATE TABLE words (id INTEGER PRIMARY KEY, text)");
	exec(db, "CREATE VIRTUAL TABLE f USING fts5 (text, content = 'words', content_rowid = "
		 "'id', tokenize = 'unicode61 remove_diacritics 2')");
	exec(db, "INSERT INTO words VALUES (1, 'Die Straße in Łódź'), (2, 'Die Straße')");
	exec(db, "INSERT INTO f (f) VALUES ('rebuild')");
	exec(db, "PRAGMA writable_schema = ON");
	exec(db, "UPDATE sqlite_master SET sql = replace(sql, 'unicode61', 'diurna')");
	sqlite3_close(db);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(fts_register(db), STATUS_OK);
	assert_int_equal(number(db, "SELECT count(*) FROM f WHERE f MATCH 'straße'"), 2);
	assert_int_equal(number(db, "SELECT count(*) FROM f WHERE f MATCH 'strasse'"), 0);
	exec(db, "INSERT INTO f (f, rowid, text) VALUES ('delete', 1, 'Die Straße in Łódź')");
	exec(db, "INSERT INTO f (rowid, text) VALUES (1, 'Eine Straße')");
	assert_int_equal(number(db, "SELECT count(*) FROM f WHERE f MATCH 'straße'"), 2);
	assert_int_equal(number(db, "SELECT count(*) FROM f WHERE f MATCH 'strasse'"), 1);
	assert_int_equal(number(db, "SELECT count(*) FROM f WHERE f MATCH 'lodz OR łódź'"), 0);
	exec(db, "INSERT INTO f (f) VALUES ('integrity-check')");
	exec(db, "INSERT INTO f (f, rowid, text) VALUES ('delete', 1, 'Eine Straße'), "
		 "('delete', 2, 'Die Straße')");
	exec(db, "INSERT INTO f (f) VALUES ('optimize')");
	exec(db, "CREATE VIRTUAL TABLE terms USING fts5vocab (f, 'row')");
	assert_int_equal(number(db, "SELECT count(*) FROM terms"), 0);
	sqlite3_close(db);
	unlink(path);
	free(path);
}

/* A fuller text that tells of it days later is shown, with the date of the first. */
static void dates_are_not_later_than_what_arrived(void **state)
{
	struct feed_entry entries[] = {
		ENTRY("again", "https://a.example/again", "Told twice", "<p>Short.</p>")};
	struct poll_reply reply;
	const int64_t first = world.now;

	(void)state;
	world.config.fulltext = false;
	entries[0].published = first - 3600;
	reply = world_poll(&world, 1, entries, 1);
	poll_reply_finish(&reply);
	world.now += 10 * 86400;
	entries[0].published = world.now;
	entries[0].title = "Told at length";
	entries[0].summary = world_text(1, 300);
	reply = world_poll(&world, 2, entries, 1);
	poll_reply_finish(&reply);
	ASK(STATUS_OK, "Chess|Storm in Lisbon|Élection à Paris|Told at length|",
		.until = first + 86400, .order = ITEM_ORDER_PUBLISHED);
}

/* What the store lacks is no mistake of who asks. */
static void a_damaged_store_is_no_wrong_match(void **state)
{
	(void)state;
	exec(store_db(world.store), "DROP TABLE edition_item");
	ASK(STATUS_CORRUPT, "", .match = "storm");
	ASK(STATUS_CORRUPT, "", .match = "storm", .order = ITEM_ORDER_RELEVANCE);
	ASK(STATUS_CORRUPT, "", .limit = 1);
}

static bool check_line(void *context, const struct item_line *line)
{
	(void)context;
	assert_string_equal(line->title, "Chess");
	assert_string_equal(line->snippet, "A storm of [moves]\n");
	assert_string_equal(line->section, "More");
	assert_string_equal(line->feed, "A feed");
	assert_string_equal(line->excerpt, "A storm of moves");
	assert_non_null(strstr(line->html, "<p>"));
	assert_int_equal(line->words, 4);
	assert_int_equal(line->arrived, world.now);
	assert_true(line->published == DATE_NONE);
	assert_null(line->edition);
	return true;
}

static void expanded(const char *match, const char *want)
{
	char *spelled = match_spell(match), *have = prefix_expand(world.store, spelled);

	if (!have != !want || (want && strcmp(have, want) != 0))
		fail_msg("%s is %s, not %s", match, have ? have : "as it was",
			want ? want : "as it was");
	free(have);
	free(spelled);
}

static void beginnings_are_words(void **state)
{
	struct feed_entry entry = ENTRY("4", "https://a.example/4", "Moving", "<p>The mover</p>");
	struct buf many = {0};
	struct poll_reply reply;

	(void)state;
	for (int i = 0; i < 220; i++)
		buf_printf(&many, "many%d ", i);
	reply = world_poll(&world, 1, &entry, 1);
	poll_reply_finish(&reply);
	world_fail_pages(&world);
	expanded("mov*", "(\"mover\" OR \"moves\" OR \"moving\")");
	expanded(" Title:MOV* ", "Title:(\"mover\" OR \"moves\" OR \"moving\")");
	expanded("storm*", "(\"storm\")");
	/* none, of another kind, or with letters that the index folds in its own way */
	expanded("zz*", NULL);
	expanded("mov", NULL);
	expanded("storm mov*", NULL);
	expanded("\"a mov\"*", NULL);
	expanded("\xC3\xA9lec*", NULL);
	expanded("averyveryveryverylongbeginningindeed*", NULL);
	ASK(STATUS_OK, "Moving|Chess|", .match = "mov*");
	ASK(STATUS_OK, "Moving|", .match = "title:mov*");
	ASK(STATUS_OK, "Chess|Moving|", .match = "mov*", .order = ITEM_ORDER_ARRIVAL);
	ASK(STATUS_OK, "Moving|", .match = "mov*", .feed = "1");
	ASK(STATUS_OK, "Moving|", .match = "mov*", .limit = 1);
	ASK(STATUS_OK, "", .match = "zz*");
	entry.id = "5";
	entry.url = "https://a.example/5";
	entry.title = "Many";
	entry.summary = buf_text(&many);
	reply = world_poll(&world, 1, &entry, 1);
	poll_reply_finish(&reply);
	world_fail_pages(&world);
	expanded("many*", NULL);
	ASK(STATUS_OK, "Many|", .match = "many*");
	buf_finish(&many);
}

static void one_line(void **state)
{
	struct item_query query = {.match = "moves", .want_text = true};

	(void)state;
	assert_int_equal(item_query_run(world.store, &query, check_line, NULL, NULL), STATUS_OK);
}

static void stops(void **state)
{
	struct item_query query = {.limit = 0};
	struct answer_text answer = {.stop_after = 2};

	(void)state;
	assert_int_equal(item_query_run(world.store, &query, on_item, &answer, NULL), STATUS_OK);
	assert_int_equal(answer.count, 2);
}

static void cursors(void **state)
{
	struct store *reader;
	int64_t seq;

	(void)state;
	assert_int_equal(store_open(world.path, STORE_READ, &reader, NULL), STATUS_OK);
	assert_int_equal(cursor_get(reader, "mail", &seq), STATUS_OK);
	assert_int_equal(seq, 0);
	assert_int_equal(cursor_set(reader, "mail", 0, 2, world.now), STATUS_OK);
	assert_int_equal(cursor_set(reader, "mail", 0, 3, world.now), STATUS_BUSY);
	assert_int_equal(cursor_get(reader, "mail", &seq), STATUS_OK);
	assert_int_equal(seq, 2);
	assert_int_equal(cursor_set(reader, "mail", 2, 3, world.now), STATUS_OK);
	assert_int_equal(cursor_set(reader, "mail", -1, 1, world.now), STATUS_OK);
	assert_int_equal(cursor_set(reader, "no/good", -1, 1, world.now), STATUS_SYNTAX);
	assert_int_equal(cursor_set(reader, "", -1, 1, world.now), STATUS_SYNTAX);
	assert_int_equal(cursor_remove(reader, "mail"), STATUS_OK);
	assert_int_equal(cursor_remove(reader, "mail"), STATUS_NOT_FOUND);
	assert_int_equal(arrivals_last(reader, &seq), STATUS_OK);
	assert_int_equal(seq, 3);
	store_close(reader);
}

static void label_names(void **state)
{
	static const char *const bad[] = {"", " a", "a ", "a\nb", "a\tb", "\x7F", "a\xFF", NULL};
	char text[LABEL_BYTES + 2];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(label_is_good(bad[i]));
	memset(text, 'x', sizeof(text));
	text[LABEL_BYTES + 1] = '\0';
	assert_false(label_is_good(text));
	text[LABEL_BYTES] = '\0';
	assert_true(label_is_good(text));
	assert_true(label_is_good("K\xC3\xA4se & \"Brot\""));
}

static void on_label(void *context, const struct label *label)
{
	buf_printf(context, "%s:%d:%d|", label->name, (int)label->items, (int)label->unread);
}

static void labels(void **state)
{
	const int64_t read = 1;
	struct buf list = {0};
	int64_t count;

	(void)state;
	label_put(world.store, 1, "Later", world.now);
	label_put(world.store, 1, "Later", world.now);
	label_put(world.store, 2, "Later", world.now);
	label_put(world.store, 2, "Art", world.now);
	label_put(world.store, 99, "Nothing", world.now);
	assert_int_equal(reading_mark(world.store, &read, 1, MARK_READ, world.now), STATUS_OK);
	assert_int_equal(labels_list(world.store, world.now, on_label, &list), STATUS_OK);
	assert_string_equal(buf_text(&list), "Art:1:1|Later:2:1|");
	buf_clear(&list);
	assert_int_equal(label_rename(world.store, "Art", "Later", &count), STATUS_OK);
	assert_int_equal(count, 1);
	assert_int_equal(label_rename(world.store, "Later", "Later", &count), STATUS_OK);
	assert_int_equal(count, 2);
	assert_int_equal(labels_list(world.store, world.now, on_label, &list), STATUS_OK);
	assert_string_equal(buf_text(&list), "Later:2:1|");
	assert_int_equal(label_remove(world.store, "Later", &count), STATUS_OK);
	assert_int_equal(label_remove(world.store, "Later", &count), STATUS_OK);
	assert_int_equal(count, 0);
	buf_finish(&list);
}

static void detail(void **state)
{
	static const char *const categories[] = {"Sea", "\"Quoted\""};
	struct doc_enclosure enclosure = {.url = "https://c.example/a.mp3",
		.type = "audio/mpeg",
		.length = 12,
		.duration_s = 61};
	static const struct doc_category details[] = {{"Sea", "The Sea", NULL}};
	static const struct doc_credit credits[] = {{"Ada", "photographer", NULL}};
	struct feed_entry entry = ENTRY("9", "https://c.example/9", "Nine", "<p>first text</p>");
	struct poll_reply reply;
	struct item_detail item;
	struct arena arena = {0};
	int64_t id;

	(void)state;
	entry.categories = categories;
	entry.category_count = 2;
	entry.enclosures = &enclosure;
	entry.enclosure_count = 1;
	entry.credits = credits;
	entry.credit_count = 1;
	entry.category_details = details;
	entry.category_detail_count = 1;
	entry.comment_count = -1;
	reply = world_poll(&world, 1, &entry, 1);
	id = reply.tasks[0].item_id;
	poll_reply_finish(&reply);
	world_fail_pages(&world);
	entry.title = "Nine, changed";
	entry.license = "https://cc.example/by";
	world.now += 10;
	reply = world_poll(&world, 1, &entry, 1);
	assert_int_equal(reply.revised, 1);
	poll_reply_finish(&reply);
	world_fail_pages(&world);
	assert_int_equal(item_detail_get(world.store, id, &arena, &item), STATUS_OK);
	assert_string_equal(item.line.title, "Nine, changed");
	assert_int_equal(item.line.revision, 1);
	assert_int_equal(item.category_count, 3);
	assert_string_equal(item.categories[1], "\"Quoted\"");
	assert_string_equal(item.categories[2], "The Sea");
	assert_int_equal(item.enclosure_count, 1);
	assert_int_equal(item.enclosures[0].length, 12);
	assert_int_equal(item.enclosures[0].duration_s, 61);
	assert_string_equal(item.details,
		"{\"category_details\":[{\"name\":\"Sea\",\"label\":\"The Sea\"}],\"credits\":[{\"name\":\"Ada\",\"role\":\"photographer\"}],"
		"\"license\":\"https://cc.example/by\"}");
	assert_int_equal(item.sighting_count, 1);
	assert_string_equal(item.sightings[0].guid, "9");
	assert_int_equal(item.revision_count, 1);
	assert_string_equal(item.revisions[0].title, "Nine");
	assert_string_equal(item.page_error, "HTTP 404");
	assert_string_equal(item.source, "feed");
	assert_int_equal(item_detail_get(world.store, 999, &arena, &item), STATUS_NOT_FOUND);
	arena_finish(&arena);
	ASK(STATUS_OK, "Nine, changed|", .match = "nine", .want_changes = true, .after_seq = 4);
	ASK(STATUS_OK, "", .match = "nine", .after_seq = 4);
}

/* What people type, and what FTS5 is asked. */
static void queries_as_people_type_them(void **state)
{
	static const struct {
		const char *typed, *asked;
	} table[] = {
		{"storm", "storm"},
		{"storm lisbon*", "storm lisbon*"},
		{"\"the storm\" AND (a OR b)", "\"the storm\" AND (a OR b)"},
		{"title:storm {title text}:rain", "title:storm {title text}:rain"},
		{"Title:\"a storm\"*", "Title:\"a storm\"*"},
		{"NEAR(port \"the strike\", 5)", "NEAR(port \"the strike\", 5)"},
		{"(NEAR(a b, 2) OR c), d", "(NEAR(a b, 2) OR c)   AND d"},
		{"^storm + lisbon", "^storm + lisbon"},
		{"C++", "\"C++\""},
		{"c++*", "\"c++\"*"},
		{"it's 100%", "\"it's\" \"100%\""},
		{"a-b foo.bar 10:30", "\"a-b\" \"foo.bar\" \"10:30\""},
		{"https://a.example/1?x=2", "\"https://a.example/1?x=2\""},
		{"title:foo.bar", "title:\"foo.bar\""},
		{"storm & lisbon", "storm  lisbon"},
		{"storm, lisbon", "storm  lisbon"},
		{"地震 Élection", "地震 Élection"},
		{"cafe; DROP TABLE item", "\"cafe;\" DROP TABLE item"},
		/* brackets beside words, and what must not be there */
		{"(a OR b) c (d)\"e\"", "(a OR b)  AND c  AND (d) AND \"e\""},
		{"a OR (b) title:(c)", "a OR (b)  AND title:(c)"},
		{"(a) ^b & NEAR(c d, 2) &", "(a)  AND ^b  NEAR(c d, 2) "},
		{"\"the storm\" AND NOT (a OR b)", "\"the storm\" NOT (a OR b)"},
		{"storm -rain", "(storm ) NOT (rain)"},
		{"-rain storm -\"the sea\"* -C++ -title:x* lisbon",
			"( storm    lisbon) NOT (rain OR \"the sea\"* OR \"C++\" OR title:x*)"},
		{"(a OR b) AND -c d", "((a OR b)   AND d) NOT (c)"},
		{"-rain", " NOT (rain)"},
		{"storm - rain a-b", "storm  rain \"a-b\""},
		{"(storm -author:bob)", "(storm -author:bob)"},
		/* mistakes stay what they are */
		{"\"open", "\"open"},
		{"a\"", "a\""},
		{"body:storm", "body:storm"},
		{"*orm", "*orm"},
		{"(a", "(a"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		char *asked = match_spell(table[i].typed);

		assert_string_equal(asked, table[i].asked);
		free(asked);
	}
}

static void expect_why(const char *match, const char *want)
{
	struct item_query query = {.match = match};
	struct answer_text answer = {.count = 0};
	char *why = NULL;

	assert_int_equal(
		item_query_run(world.store, &query, on_item, &answer, &why), STATUS_SYNTAX);
	assert_non_null(why);
	if (!strstr(why, want))
		fail_msg("%s, and not %s", why, want);
	free(why);
}

static void mistakes_in_queries_are_named(void **state)
{
	(void)state;
	expect_why("", "no word");
	expect_why("\"\"", "no word");
	expect_why("& 🚀 %", "no word");
	expect_why("storm AND", "missing at its end");
	expect_why("(storm", "missing at its end");
	expect_why("AND storm", "AND stands between");
	expect_why("storm OR OR rain", "OR stands between");
	expect_why("NOT rain", "what is looked for stands before them");
	expect_why("-rain", "what is looked for stands before them");
	expect_why("storm)", "bracket");
	expect_why("\"open", "\"\"open\": its quotes");
	expect_why("NEAR(a b, x)", "distance is a number");
	expect_why("   ", "empty: there is no word");
	expect_why("*orm", "behind the beginning");
	expect_why("body:storm", "no column body, but title");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queries_as_people_type_them),
		cmocka_unit_test_setup_teardown(mistakes_in_queries_are_named, setup, teardown),
		cmocka_unit_test_setup_teardown(conditions, setup, teardown),
		cmocka_unit_test_setup_teardown(words, setup, teardown),
		cmocka_unit_test_setup_teardown(words_without_spaces, setup, teardown),
		cmocka_unit_test_setup_teardown(words_in_plain_letters, setup, teardown),
		cmocka_unit_test_setup_teardown(an_index_of_before_plain_letters, setup, teardown),
		cmocka_unit_test_setup_teardown(beginnings_are_words, setup, teardown),
		cmocka_unit_test_setup_teardown(a_damaged_store_is_no_wrong_match, setup, teardown),
		cmocka_unit_test_setup_teardown(
			dates_are_not_later_than_what_arrived, setup, teardown),
		cmocka_unit_test_setup_teardown(one_line, setup, teardown),
		cmocka_unit_test_setup_teardown(stops, setup, teardown),
		cmocka_unit_test_setup_teardown(cursors, setup, teardown),
		cmocka_unit_test_setup_teardown(labels, setup, teardown),
		cmocka_unit_test(label_names),
		cmocka_unit_test_setup_teardown(detail, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
