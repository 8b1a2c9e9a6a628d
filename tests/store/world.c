#include "world.h"

#include "core/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OK(call)                                                                              \
	do {                                                                                  \
		enum status ok_ = (call);                                                     \
		if (ok_ != STATUS_OK)                                                         \
			fail_msg("%s: status %d: %s", #call, ok_, store_error(world->store)); \
	} while (0)

void world_init(struct world *world, size_t feed_count)
{
	struct subscription *list = xcalloc(feed_count, sizeof(*list));
	struct subscriptions subs = {.list = list, .count = feed_count};
	char *why = NULL;

	memset(world, 0, sizeof(*world));
	snprintf(world->folder, sizeof(world->folder), "%s/diurna-store.XXXXXX",
		getenv("TMPDIR") ? getenv("TMPDIR") : P_tmpdir);
	assert_non_null(mkdtemp(world->folder));
	snprintf(world->path, sizeof(world->path), "%s/store", world->folder);
	world->config.fulltext = true;
	world->config.max_first = 100;
	world->config.max_age_s = 7 * 24 * 3600;
	world->now = 1790000000;
	if (store_open(world->path, STORE_WRITE, &world->store, &why) != STATUS_OK)
		fail_msg("%s", why);
	for (size_t i = 0; i < feed_count; i++) {
		list[i].url = xasprintf("https://feed%zu.example/feed", i + 1);
		list[i].section = i % 2 ? "More" : "News";
	}
	OK(store_begin(world->store));
	OK(feeds_sync(world->store, &world->config, &subs, world->now));
	OK(store_commit(world->store));
	for (size_t i = 0; i < feed_count; i++)
		free((char *)(uintptr_t)list[i].url);
	free(list);
}

void world_finish(struct world *world)
{
	static const char *const suffixes[] = {
		"", "-wal", "-shm", ".copy", ".copy-wal", ".copy-shm"};
	char name[128];

	store_close(world->store);
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		snprintf(name, sizeof(name), "%s%s", world->path, suffixes[i]);
		unlink(name);
	}
	assert_int_equal(rmdir(world->folder), 0);
}

struct poll_reply world_poll(
	struct world *world, int64_t feed, const struct feed_entry *entries, size_t count)
{
	struct feed_doc doc = {.title = "A feed",
		.entries = (struct feed_entry *)(uintptr_t)entries,
		.entry_count = count};
	struct poll_result result = {.feed_id = feed,
		.at = world->now,
		.outcome = entries ? POLL_OK : POLL_NOT_MODIFIED,
		.http_status = entries ? 200 : 304,
		.next_at = world->now + 3600,
		.max_age_s = -1,
		.doc = entries ? &doc : NULL};
	struct poll_reply reply;

	OK(store_begin(world->store));
	OK(poll_record(world->store, &world->config, &result, &reply));
	OK(store_commit(world->store));
	return reply;
}

struct page_reply world_page(struct world *world, int64_t item, const struct page_result *result)
{
	struct page_result page = *result;
	struct page_reply reply;

	page.item_id = item;
	page.at = world->now;
	OK(store_begin(world->store));
	OK(page_record(world->store, &world->config, &page, &reply));
	OK(store_commit(world->store));
	return reply;
}

struct page_reply world_read(struct world *world, int64_t item, const char *final_url,
	const char *canonical, const char *title, const char *text)
{
	struct article article = {.url = canonical,
		.title = title,
		.text = text,
		.html = text,
		.quality = 0.9,
		.source = ARTICLE_SOURCE_PAGE,
		.published = DATE_NONE,
		.modified = DATE_NONE};
	struct page_result page = {.outcome = PAGE_OK,
		.http_status = 200,
		.final_url = final_url,
		.article = &article};

	return world_page(world, item, &page);
}

void world_fail_pages(struct world *world)
{
	struct page_result page = {.outcome = PAGE_FAILED, .http_status = 404, .error = "HTTP 404"};
	struct page_task *tasks;
	size_t count;

	OK(pages_pending(world->store, &tasks, &count));
	for (size_t i = 0; i < count; i++) {
		world_page(world, tasks[i].item_id, &page);
		free(tasks[i].url);
	}
	free(tasks);
}

enum status world_close(struct world *world, const char *date, struct edition_row *row)
{
	enum status status;

	OK(store_begin(world->store));
	status = edition_close(world->store, &world->config, world->now, date, NULL, 0, row);
	OK(store_commit(world->store));
	return status;
}

int64_t world_count(struct world *world, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t value;

	if (sqlite3_prepare_v2(store_db(world->store), sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, store_error(world->store));
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	value = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return value;
}

const char *world_text(unsigned seed, size_t count)
{
	static char texts[8][8192];
	static unsigned turn;
	char *text = texts[turn++ % ARRAY_LEN(texts)];
	size_t len = 0;

	for (size_t i = 0; i < count && len + 32 < sizeof(texts[0]); i++) {
		seed = seed * 1103515245u + 12345u;
		len += (size_t)snprintf(text + len, sizeof(texts[0]) - len, "%c%c%c%c ",
			'a' + (int)(seed >> 8) % 26, 'a' + (int)(seed >> 13) % 26,
			'a' + (int)(seed >> 18) % 26, 'a' + (int)(seed >> 23) % 26);
	}
	text[len] = '\0';
	return text;
}
