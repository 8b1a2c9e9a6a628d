/*
 * The store with many items: how fast they come in, how fast questions are answered, how large it
 * is.
 *
 * bench_store [ITEMS [FEEDS [FULL [STORE]]]]. FULL: of a hundred feeds so many give the whole
 * article, the others its first words. STORE: a copy of the store is left there. Items are
 * generated: titles and texts of words that are as unevenly common as in a language, one in twenty
 * an edited copy of an earlier one, one in ten a further report of an event. They come as polls, by
 * the same functions as in the daemon, 500 items a transaction. What of it is the recognition of
 * copies and stories is measured on its own, by further articles that are not kept. Times are those
 * of the processor, which other programs on the machine do not disturb; where waiting for the disk
 * matters the wall clock stands beside it. Then the rows that this made are put into an empty store
 * of the same layout by plain INSERTs in transactions of the same size: what SQLite itself takes
 * for them.
 */
#include "core/buf.h"
#include "core/config.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/terms.h"
#include "store/copies.h"
#include "store/feeds.h"
#include "store/items.h"
#include "store/query.h"
#include "store/ready.h"
#include "store/sql.h"
#include "store/stories.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	ENTRIES = 25,       /* of a document */
	BATCH_POLLS = 20,   /* polls of a transaction */
	VOCABULARY = 60000, /* different words */
	DRAWS = 1 << 20,    /* words in the frequency that they are drawn with */
	TEXT_WORDS = 450,   /* of an article, on average */
	LEAD_BYTES = 240,   /* of it that the entry has */
	KEPT = 512,         /* earlier articles that copies are made of */
	START = 1790000000,
	DAY_S = 24 * 3600,
	SPAN_S = 50 * DAY_S, /* in which they all arrive: within what copies are looked for */
	PAGE = 25,
};

struct bench {
	struct store *store;
	struct config config;
	char folder[64], path[96];
	char **words; /* VOCABULARY of them */
	uint32_t *draws;
	char *texts[KEPT], *titles[KEPT];
	uint64_t random;
	int64_t items, feeds, full, made, text_bytes;
};

static double clock_s(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double now_s(void)
{
	return clock_s(CLOCK_PROCESS_CPUTIME_ID);
}

static double wall_s(void)
{
	return clock_s(CLOCK_MONOTONIC);
}

static size_t roll(struct bench *bench, size_t below)
{
	bench->random += 0x9E3779B97F4A7C15u;
	return (size_t)(terms_mix(bench->random) >> 16) % below;
}

static void die(struct bench *bench, const char *what)
{
	fprintf(stderr, "%s: %s\n", what, store_error(bench->store));
	exit(1);
}

/* Words of syllables; the nth is drawn n times less often than the first. */
static void make_words(struct bench *bench)
{
	static const char *const syllables[] = {"ba", "re", "ti", "so", "nu", "la", "ke", "mi",
		"do", "pra", "ste", "chi", "on", "ar", "el", "is", "un", "gra", "tor", "ven"};
	double sum = 0, at = 0;
	size_t next = 0;

	bench->words = xcalloc(VOCABULARY, sizeof(*bench->words));
	bench->draws = xcalloc(DRAWS, sizeof(*bench->draws));
	for (size_t i = 0; i < VOCABULARY; i++) {
		struct buf word = {0};

		for (size_t n = i + 1; n; n /= ARRAY_LEN(syllables))
			buf_puts(&word, syllables[n % ARRAY_LEN(syllables)]);
		bench->words[i] = buf_take(&word);
		sum += 1.0 / (double)(i + 5);
	}
	for (size_t i = 0; i < VOCABULARY; i++) {
		at += 1.0 / (double)(i + 5) / sum;
		while (next < DRAWS && (double)next < at * DRAWS)
			bench->draws[next++] = (uint32_t)i;
	}
	while (next < DRAWS)
		bench->draws[next++] = VOCABULARY - 1;
}

static const char *word(struct bench *bench)
{
	return bench->words[bench->draws[roll(bench, DRAWS)]];
}

static void put_text(struct bench *bench, struct buf *to)
{
	size_t count = TEXT_WORDS / 2 + roll(bench, TEXT_WORDS);

	for (size_t i = 0; i < count; i++) {
		const char *w = word(bench);
		bool is_name = roll(bench, 12) == 0;

		buf_putc(to, is_name || i % 14 == 0 ? (char)(w[0] - 32) : w[0]);
		buf_puts(to, w + 1);
		buf_puts(to, i % 100 == 99 ? ".\n\n" : i % 14 == 13 ? ". " : " ");
	}
}

static void put_edited(struct bench *bench, const char *text, struct buf *to)
{
	while (*text) {
		size_t len = strcspn(text, " ");

		if (roll(bench, 10) == 0)
			buf_puts(to, word(bench));
		else
			buf_put(to, text, len);
		text += len;
		if (*text)
			buf_putc(to, *text++);
	}
}

/* The next article: title, text. */
static void next_article(struct bench *bench, struct buf *title, struct buf *text)
{
	size_t of = roll(bench, KEPT), kind = bench->texts[of] ? roll(bench, 20) : 20;

	if (kind == 0)
		put_edited(bench, bench->texts[of], text);
	else
		put_text(bench, text);
	if (kind == 1 || kind == 2)
		put_edited(bench, bench->titles[of], title);
	for (size_t i = 0; title->len == 0 || i < 8; i++) {
		if (kind == 1 || kind == 2)
			break;
		size_t at = title->len + (i > 0);

		buf_printf(title, "%s%s", i ? " " : "", word(bench));
		if (i % 3 == 0)
			title->data[at] -= 32;
	}
	of = (size_t)(bench->made % KEPT);
	free(bench->texts[of]);
	free(bench->titles[of]);
	bench->texts[of] = xstrdup(buf_text(text));
	bench->titles[of] = xstrdup(buf_text(title));
}

/* As of a page that was read: paragraphs, here and there a link. */
static void put_html(const char *text, struct buf *to)
{
	size_t words = 0;

	buf_puts(to, "<p>");
	while (*text) {
		size_t len = strcspn(text, " \n");
		bool is_link = ++words % 150 == 149;

		if (is_link)
			buf_printf(to, "<a href=\"https://www.example.org/about/%.*s\">", (int)len,
				text);
		buf_put(to, text, len);
		buf_puts(to, is_link ? "</a>" : "");
		text += len;
		if (*text == '\n') {
			buf_puts(to, "</p>\n<p>");
			text += strspn(text, "\n");
		} else if (*text) {
			buf_putc(to, *text++);
		}
	}
	buf_puts(to, "</p>");
}

struct document {
	struct feed_entry entries[ENTRIES];
	struct buf titles[ENTRIES], texts[ENTRIES], htmls[ENTRIES], links[ENTRIES], leads[ENTRIES];
	struct feed_doc doc;
};

static void make_document(struct bench *bench, struct document *document, int64_t feed, int64_t at)
{
	for (size_t i = 0; i < ENTRIES; i++) {
		buf_clear(&document->titles[i]);
		buf_clear(&document->texts[i]);
		buf_clear(&document->htmls[i]);
		buf_clear(&document->links[i]);
		buf_clear(&document->leads[i]);
		next_article(bench, &document->titles[i], &document->texts[i]);
		put_html(buf_text(&document->texts[i]), &document->htmls[i]);
		buf_put(&document->leads[i], document->texts[i].data, LEAD_BYTES);
		buf_printf(&document->links[i],
			"https://www.paper%lld.example/%s/%lld.html?utm_source=rss",
			(long long)feed, word(bench), (long long)bench->made);
		document->entries[i] = (struct feed_entry){.id = buf_text(&document->links[i]),
			.url = buf_text(&document->links[i]),
			.title = buf_text(&document->titles[i]),
			.summary = buf_text(&document->leads[i]),
			.content =
				feed * 7 % 100 < bench->full ? buf_text(&document->htmls[i]) : NULL,
			.published = at - 600 + (int64_t)i,
			.updated = DATE_NONE,
			.language = "en"};
		bench->made++;
	}
	document->doc = (struct feed_doc){
		.title = "A paper", .entries = document->entries, .entry_count = ENTRIES};
}

/* The page behind an entry. */
static void read_page(struct bench *bench, const struct document *document,
	const struct page_task *task, int64_t at)
{
	struct page_result page = {.item_id = task->item_id,
		.at = at,
		.outcome = PAGE_OK,
		.http_status = 200,
		.final_url = task->url};
	struct page_reply reply;

	for (size_t i = 0; i < ENTRIES; i++) {
		struct article article = {.title = document->entries[i].title,
			.text = buf_text(&document->texts[i]),
			.html = buf_text(&document->htmls[i]),
			.excerpt = document->entries[i].summary,
			.language = "en",
			.quality = 0.9,
			.source = ARTICLE_SOURCE_PAGE,
			.published = DATE_NONE,
			.modified = DATE_NONE};

		if (strcmp(document->entries[i].url, task->url) != 0)
			continue;
		page.article = &article;
		if (page_record(bench->store, &bench->config, &page, &reply) != STATUS_OK)
			die(bench, "page");
	}
}

/* document NULL: nothing new. */
static void poll(struct bench *bench, int64_t feed, int64_t at, const struct document *document)
{
	const struct feed_doc *doc = document ? &document->doc : NULL;
	struct poll_result result = {.feed_id = feed,
		.at = at,
		.outcome = doc ? POLL_OK : POLL_NOT_MODIFIED,
		.http_status = doc ? 200 : 304,
		.interval_s = 3600,
		.next_at = at + 3600,
		.max_age_s = -1,
		.doc = doc};
	struct poll_reply reply;

	if (poll_record(bench->store, &bench->config, &result, &reply) != STATUS_OK)
		die(bench, "poll");
	for (size_t i = 0; i < reply.task_count; i++)
		read_page(bench, document, &reply.tasks[i], at);
	poll_reply_finish(&reply);
}

/* What is done now and then: what copies and stories are found by goes when it is old. */
static void expire(struct bench *bench, int64_t at)
{
	struct expired expired = {.is_more = true};

	while (expired.is_more) {
		if (store_begin(bench->store) != STATUS_OK ||
			items_expire(bench->store, &bench->config, at, &expired) != STATUS_OK ||
			store_commit(bench->store) != STATUS_OK)
			die(bench, "expire");
	}
}

static double insert_all(struct bench *bench)
{
	struct document *documents = xcalloc(BATCH_POLLS, sizeof(*documents));
	int64_t ids[BATCH_POLLS], mark = bench->items / 10;
	double spent = 0, last = 0, from;
	int64_t day = 0;

	while (bench->made < bench->items) {
		int64_t before = bench->made;
		int64_t at = START + (int64_t)((double)bench->made / (double)bench->items * SPAN_S);

		for (size_t i = 0; i < BATCH_POLLS; i++) {
			ids[i] = 1 + (int64_t)roll(bench, (size_t)bench->feeds);
			make_document(bench, &documents[i], ids[i], at);
		}
		from = now_s();
		if (store_begin(bench->store) != STATUS_OK)
			die(bench, "begin");
		for (size_t i = 0; i < BATCH_POLLS; i++)
			poll(bench, ids[i], at, &documents[i]);
		if (store_commit(bench->store) != STATUS_OK)
			die(bench, "commit");
		if (at / DAY_S != day)
			expire(bench, at);
		day = at / DAY_S;
		spent += now_s() - from;
		if (before / mark != bench->made / mark) {
			printf("  %9lld entries: %.0f a second (of the last tenth)\n",
				(long long)bench->made, (double)mark / (spent - last));
			fflush(stdout);
			last = spent;
		}
	}
	for (size_t i = 0; i < BATCH_POLLS; i++)
		for (size_t k = 0; k < ENTRIES; k++) {
			buf_finish(&documents[i].titles[k]);
			buf_finish(&documents[i].texts[k]);
			buf_finish(&documents[i].htmls[k]);
			buf_finish(&documents[i].links[k]);
			buf_finish(&documents[i].leads[k]);
		}
	free(documents);
	return spent;
}

static int64_t number(struct bench *bench, const char *sql);

/* The steps by which one more article is told from those that are there. */
enum step { STEP_MARK, STEP_COPY, STEP_COPY_PUT, STEP_STORY, STEPS };

static void recognise_one(struct bench *bench, int64_t id, int64_t at, double spent[STEPS])
{
	struct buf title = {0}, text = {0};
	struct item_text own = {0};
	struct item_row row = {.id = id,
		.feed_id = 1 + (int64_t)roll(bench, (size_t)bench->feeds),
		.url = "https://new.example/article"};
	double times[STEPS + 1];
	int64_t same;
	bool is_taken;
	enum status status;

	next_article(bench, &title, &text);
	row.title = buf_text(&title);
	own.text = buf_text(&text);
	times[STEP_MARK] = now_s();
	content_mark(own.text, &own.marks);
	times[STEP_COPY] = now_s();
	status = item_by_text(bench->store, &row, &own, &same, &is_taken);
	times[STEP_COPY_PUT] = now_s();
	if (status == STATUS_OK)
		status = copies_put(bench->store, id, &own.marks.sketch);
	times[STEP_STORY] = now_s();
	if (status == STATUS_OK)
		status = story_find(bench->store, &row, &own, own.related, at);
	times[STEPS] = now_s();
	if (status != STATUS_OK)
		die(bench, "recognise");
	for (size_t i = 0; i < STEPS; i++)
		spent[i] += times[i + 1] - times[i];
	buf_finish(&title);
	buf_finish(&text);
}

static void recognise(struct bench *bench)
{
	enum { ARTICLES = 2000 };
	int64_t items = number(bench, "SELECT count(*) FROM item"),
		last = number(bench, "SELECT max(id) FROM item");
	double spent[STEPS] = {0}, all = 0;

	sqlite3_exec(store_db(bench->store), "PRAGMA foreign_keys = OFF", NULL, NULL, NULL);
	store_begin(bench->store);
	for (int i = 1; i <= ARTICLES; i++)
		recognise_one(bench, last + i, START + SPAN_S, spent);
	store_rollback(bench->store);
	sqlite3_exec(store_db(bench->store), "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
	for (size_t i = 0; i < STEPS; i++)
		all += spent[i] *= 1e3 / ARTICLES;
	printf("recognising a new article among %lld items: %.3f ms (goal: 1); marking its text %.3f, "
	       "looking for copies %.3f, storing what copies are found by %.3f, its story %.3f\n",
		(long long)items, all, spent[STEP_MARK], spent[STEP_COPY], spent[STEP_COPY_PUT],
		spent[STEP_STORY]);
}

static int64_t number(struct bench *bench, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t value = 0;

	if (sqlite3_prepare_v2(store_db(bench->store), sql, -1, &s, NULL) != SQLITE_OK)
		die(bench, sql);
	if (sqlite3_step(s) == SQLITE_ROW)
		value = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return value;
}

/* What a poll of new items writes, by the item. The first column is its number. */
static const char *const tables[] = {"item", "item_body", "sighting", "article", "arrival",
	"item_sketch", "copy_key", "story_word", "item_fts"};

struct copying {
	sqlite3_stmt *from, *to;
	sqlite3_value **rows;
	size_t count, space;
	int columns;
};

static void copy_prepare(
	struct bench *bench, sqlite3 *db, struct copying *copying, const char *table)
{
	bool is_index = strcmp(table, "item_fts") == 0;
	const char *key = strcmp(table, "item") == 0 ? "id" : "item_id";
	char *sql = is_index ? xstrdup("SELECT id, title, text, author FROM item_words "
				       "WHERE id > ?1 AND id <= ?2")
			     : xasprintf("SELECT * FROM %s WHERE %s > ?1 AND %s <= ?2", table, key,
				       key);
	struct buf insert = {0};

	if (sqlite3_prepare_v2(store_db(bench->store), sql, -1, &copying->from, NULL) != SQLITE_OK)
		die(bench, sql);
	copying->columns = sqlite3_column_count(copying->from);
	buf_printf(&insert, "INSERT INTO %s%s VALUES (?1", table,
		is_index ? " (rowid, title, text, author)" : "");
	for (int i = 2; i <= copying->columns; i++)
		buf_printf(&insert, ", ?%d", i);
	buf_putc(&insert, ')');
	if (sqlite3_prepare_v2(db, buf_text(&insert), -1, &copying->to, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", buf_text(&insert), sqlite3_errmsg(db));
		exit(1);
	}
	buf_finish(&insert);
	free(sql);
}

/* The rows of some items into memory, then, timed, into the other file. */
static void copy_read(struct copying *copying, int64_t from, int64_t to)
{
	copying->count = 0;
	sqlite3_bind_int64(copying->from, 1, from);
	sqlite3_bind_int64(copying->from, 2, to);
	while (sqlite3_step(copying->from) == SQLITE_ROW)
		for (int i = 0; i < copying->columns; i++) {
			ARRAY_GROW(copying->rows, copying->count, copying->space);
			copying->rows[copying->count++] =
				sqlite3_value_dup(sqlite3_column_value(copying->from, i));
		}
	sqlite3_reset(copying->from);
}

static void copy_write(struct copying *copying)
{
	for (size_t i = 0; i < copying->count; i += (size_t)copying->columns) {
		for (int k = 0; k < copying->columns; k++)
			sqlite3_bind_value(copying->to, k + 1, copying->rows[i + (size_t)k]);
		if (sqlite3_step(copying->to) != SQLITE_DONE) {
			fprintf(stderr, "copy: %s\n",
				sqlite3_errmsg(sqlite3_db_handle(copying->to)));
			exit(1);
		}
		sqlite3_reset(copying->to);
	}
}

/* The tables whose rows are not found by the item get an index for the reading. */
static double plain_inserts(struct bench *bench, int64_t most)
{
	struct copying copying[ARRAY_LEN(tables)] = {0};
	char *path = xasprintf("%s/plain", bench->folder), *sql;
	int64_t last = number(bench, "SELECT max(id) FROM item"), done = 0;
	const int64_t step = ENTRIES * BATCH_POLLS;
	struct store *plain;
	double spent = 0;

	if (store_open(path, STORE_WRITE, &plain, NULL) != STATUS_OK)
		die(bench, path);
	sqlite3_exec(store_db(bench->store),
		"CREATE INDEX bench_copy ON copy_key (item_id); "
		"CREATE INDEX bench_story ON story_word (item_id);",
		NULL, NULL, NULL);
	sql = xasprintf("PRAGMA foreign_keys = OFF; ATTACH '%s' AS full; "
			"INSERT INTO section SELECT * FROM full.section; "
			"INSERT INTO feed SELECT * FROM full.feed; DETACH full; "
			"PRAGMA foreign_keys = ON",
		bench->path);
	if (sqlite3_exec(store_db(plain), sql, NULL, NULL, NULL) != SQLITE_OK)
		fprintf(stderr, "%s\n", store_error(plain));
	free(sql);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		copy_prepare(bench, store_db(plain), &copying[i], tables[i]);
	if (last > most)
		last = most;
	for (; done < last; done += step) {
		double from;

		for (size_t i = 0; i < ARRAY_LEN(tables); i++)
			copy_read(&copying[i], done, done + step);
		from = now_s();
		sqlite3_exec(store_db(plain), "BEGIN IMMEDIATE", NULL, NULL, NULL);
		for (size_t i = 0; i < ARRAY_LEN(tables); i++)
			copy_write(&copying[i]);
		sqlite3_exec(store_db(plain), "COMMIT", NULL, NULL, NULL);
		spent += now_s() - from;
		for (size_t i = 0; i < ARRAY_LEN(tables); i++)
			for (size_t k = 0; k < copying[i].count; k++)
				sqlite3_value_free(copying[i].rows[k]);
	}
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		sqlite3_finalize(copying[i].from);
		sqlite3_finalize(copying[i].to);
		free(copying[i].rows);
	}
	store_close(plain);
	free(path);
	return spent;
}

static bool count_line(void *context, const struct item_line *line)
{
	(void)line;
	(*(size_t *)context)++;
	return true;
}

static void ask(struct bench *bench, const char *name, struct item_query query, double *worst)
{
	size_t count = 0;
	double from = now_s(), wall = wall_s(), spent;
	char *why = NULL;

	query.limit = PAGE;
	if (item_query_run(bench->store, &query, count_line, &count, &why) != STATUS_OK)
		printf("  %-34s %s\n", name, why ? why : "failed");
	spent = (now_s() - from) * 1e3;
	if (spent > *worst)
		*worst = spent;
	printf("  %-34s %8.2f ms (wall %.1f), %zu lines%s\n", name, spent, (wall_s() - wall) * 1e3,
		count, spent > 50 ? "  SLOW" : "");
	free(why);
}

static void ask_all(struct bench *bench)
{
	int64_t last = 0, middle = START + SPAN_S / 2, story;
	const char *common = bench->words[3], *usual = bench->words[300],
		   *rare = bench->words[30000];
	char *phrase = xasprintf("\"%s %s\"", bench->words[5], bench->words[9]);
	char *both = xasprintf("%s AND %s", usual, bench->words[500]);
	char * or = xasprintf("%s OR %s NOT %s", rare, usual, common);
	char *prefix = xasprintf("%.4s*", usual);
	char *title = xasprintf("title:%s", usual);
	double worst = 0;

	arrivals_last(bench->store, &last);
	story = number(bench, "SELECT story_id FROM item WHERE story_id > 0 LIMIT 1");
#define ASK(name, ...) ask(bench, name, (struct item_query){__VA_ARGS__}, &worst)
	ASK("newest", .order = ITEM_ORDER_NEWEST);
	ASK("oldest arrivals", .order = ITEM_ORDER_ARRIVAL);
	ASK("published", .order = ITEM_ORDER_PUBLISHED);
	ASK("section", .section = "Rare");
	ASK("section by published", .section = "Rare", .order = ITEM_ORDER_PUBLISHED);
	ASK("large section", .section = "News");
	ASK("feed", .feed = "https://feed17.example/feed");
	ASK("feed by published", .feed = "17", .order = ITEM_ORDER_PUBLISHED);
	ASK("part of a feed's name", .feed = "feed1717");
	ASK("feed and section", .feed = "17", .section = "News");
	ASK("since, to the middle", .since = middle);
	ASK("until the middle", .until = middle);
	ASK("an hour in the middle", .since = middle, .until = middle + 3600);
	ASK("an hour, published", .since = middle, .until = middle + 3600,
		.order = ITEM_ORDER_PUBLISHED);
	ASK("a cursor's next", .after_seq = last / 2, .until_seq = last,
		.order = ITEM_ORDER_ARRIVAL);
	ASK("a cursor's next of a section", .after_seq = last / 2, .until_seq = last,
		.section = "Rare", .order = ITEM_ORDER_ARRIVAL);
	ASK("a cursor's next of a feed", .after_seq = last / 2, .until_seq = last, .feed = "17",
		.order = ITEM_ORDER_ARRIVAL);
	ASK("a cursor at the end", .after_seq = last, .until_seq = last,
		.order = ITEM_ORDER_ARRIVAL);
	ASK("starred", .only_starred = true);
	ASK("dropped too", .want_dropped = true);
	ASK("dropped too, since", .want_dropped = true, .since = middle);
	ASK("changes", .want_changes = true);
	ASK("without backlog", .no_backlog = true);
	ASK("edition", .edition = "2026-09-21");
	ASK("story", .story = story);
	ASK("match, rare word", .match = rare);
	ASK("match, usual word", .match = usual);
	ASK("match, common word", .match = common);
	ASK("match, common word, relevance", .match = common, .order = ITEM_ORDER_RELEVANCE);
	ASK("match, usual word, relevance", .match = usual, .order = ITEM_ORDER_RELEVANCE);
	ASK("match, usual word, published", .match = usual, .order = ITEM_ORDER_PUBLISHED);
	ASK("match, phrase", .match = phrase);
	ASK("match, AND", .match = both);
	ASK("match, OR NOT", .match = or);
	ASK("match, prefix", .match = prefix);
	ASK("match, title:", .match = title);
	ASK("match, usual, section", .match = usual, .section = "Rare");
	ASK("match, common, section", .match = common, .section = "Rare");
	ASK("match, common, feed", .match = common, .feed = "17");
	ASK("match, common, an hour", .match = common, .since = middle, .until = middle + 3600);
	ASK("match, rare, since", .match = rare, .since = middle);
	ASK("match, cursor", .match = usual, .after_seq = last / 2, .until_seq = last,
		.order = ITEM_ORDER_ARRIVAL);
	ASK("match, common, cursor", .match = common, .after_seq = last / 2, .until_seq = last,
		.order = ITEM_ORDER_ARRIVAL);
#undef ASK
	printf("queries: the slowest first page took %.1f ms (goal: 50)\n", worst);
	free(phrase);
	free(both);
	free(or);
	free(prefix);
	free(title);
}

static void quiet_round(struct bench *bench)
{
	int64_t at = START + SPAN_S + 3600;
	double from = now_s(), wall = wall_s();

	for (int64_t feed = 1; feed <= bench->feeds;) {
		store_begin(bench->store);
		for (int i = 0; i < 500 && feed <= bench->feeds; i++)
			poll(bench, feed++, at, NULL);
		store_commit(bench->store);
	}
	printf("a round of %lld feeds that brought nothing: %.2f s, wall %.2f (goal: 2 for 100,000)\n",
		(long long)bench->feeds, now_s() - from, wall_s() - wall);
}

static void subscribe(struct bench *bench)
{
	struct subscriptions subs = {.count = (size_t)bench->feeds};

	subs.list = xcalloc(subs.count, sizeof(*subs.list));
	for (size_t i = 0; i < subs.count; i++) {
		subs.list[i].url = xasprintf("https://feed%zu.example/feed", i + 1);
		subs.list[i].section = i % 100 == 16 ? "Rare" : i % 3 ? "News" : "More";
	}
	store_begin(bench->store);
	if (feeds_sync(bench->store, &bench->config, &subs, START) != STATUS_OK)
		die(bench, "feeds");
	store_commit(bench->store);
	for (size_t i = 0; i < subs.count; i++)
		free((char *)(uintptr_t)subs.list[i].url);
	free(subs.list);
}

static void sizes(struct bench *bench)
{
	struct stat file;
	int64_t text = number(bench, "SELECT sum(length(CAST(text AS BLOB))) FROM article");
	sqlite3_stmt *s = NULL;

	sqlite3_exec(store_db(bench->store), "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
	if (stat(bench->path, &file) == 0)
		printf("file: %.1f MB for %.1f MB of text: %.2f times (goal: 2.5)\n",
			(double)file.st_size / 1e6, (double)text / 1e6,
			(double)file.st_size / (double)text);
	if (sqlite3_prepare_v2(store_db(bench->store),
		    "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 16",
		    -1, &s, NULL) == SQLITE_OK)
		while (sqlite3_step(s) == SQLITE_ROW)
			printf("  %-24s %8.1f MB, %.3f of the text\n", sql_text(s, 0),
				sqlite3_column_double(s, 1) / 1e6,
				sqlite3_column_double(s, 1) / (double)text);
	sqlite3_finalize(s);
}

static void keep(struct bench *bench, const char *path)
{
	char *command = xasprintf("cp '%s' '%s'", bench->path, path);

	if (system(command) != 0)
		fprintf(stderr, "%s: no copy\n", path);
	free(command);
}

int main(int argc, char **argv)
{
	struct bench bench = {.random = 3,
		.items = argc > 1 ? atoll(argv[1]) : 1000000,
		.feeds = argc > 2 ? atoll(argv[2]) : 100000,
		.full = argc > 3 ? atoll(argv[3]) : 0,
		.config = {.fulltext = true,
			.max_first = 10000,
			.max_age_s = (int64_t)100 * 366 * 86400}};
	char *command;
	double ours, plain;

	/* who waits for it wants to see how far it is */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (bench.items < 1000 || bench.feeds < 100 || bench.full > 100) {
		fputs("usage: bench_store [ITEMS [FEEDS [FULL [STORE]]]], at least 1000 and 100, "
		      "at most 100\n",
			stderr);
		return 64;
	}
	snprintf(bench.folder, sizeof(bench.folder), "%.40s/diurna-bench.XXXXXX",
		getenv("TMPDIR") ? getenv("TMPDIR") : P_tmpdir);
	if (!mkdtemp(bench.folder)) {
		perror(bench.folder);
		return 1;
	}
	snprintf(bench.path, sizeof(bench.path), "%s/store", bench.folder);
	if (store_open(bench.path, STORE_WRITE, &bench.store, NULL) != STATUS_OK)
		return 1;
	make_words(&bench);
	subscribe(&bench);
	ours = insert_all(&bench);
	printf("%lld entries, %lld items, %lld in stories, in %.1f s: %.2f ms an entry, %.0f a second\n",
		(long long)bench.made, (long long)number(&bench, "SELECT count(*) FROM item"),
		(long long)number(&bench, "SELECT count(*) FROM item WHERE story_id IS NOT NULL"),
		ours, ours * 1e3 / (double)bench.made, (double)bench.made / ours);
	sizes(&bench);
	if (argc > 4)
		keep(&bench, argv[4]);
	recognise(&bench);
	ask_all(&bench);
	quiet_round(&bench);
	plain = plain_inserts(&bench, INT64_MAX);
	printf("plain SQLite: the same rows in %.1f s; the store's rate is %.2f of it (goal: 0.5)\n",
		plain, plain / ours);
	store_close(bench.store);
	command = xasprintf("rm -rf '%s'", bench.folder);
	if (system(command) != 0)
		fprintf(stderr, "%s stays\n", bench.folder);
	free(command);
	return 0;
}
