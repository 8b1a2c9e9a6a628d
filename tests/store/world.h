/* A small world for tests of the store: a file of its own, feeds with entries, pages, editions. */
#ifndef DIURNA_TESTS_STORE_WORLD_H
#define DIURNA_TESTS_STORE_WORLD_H

#include "core/config.h"
#include "core/doc.h"
#include "store/editions.h"
#include "store/feeds.h"
#include "store/items.h"
#include "store/sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct world {
	char folder[64];
	char path[96];
	struct store *store;
	struct config config;
	int64_t now;
};

/* Feeds 1 to feed_count: https://feedN.example/feed, in the sections "News" and "More" by turns. */
void world_init(struct world *world, size_t feed_count);
void world_finish(struct world *world);

/* Each in a transaction of its own; a failure fails the test. */
struct poll_reply world_poll(
	struct world *world, int64_t feed, const struct feed_entry *entries, size_t count);
struct page_reply world_page(struct world *world, int64_t item, const struct page_result *result);
/* A page that was read: url it says it is (or NULL), title, text. */
struct page_reply world_read(struct world *world, int64_t item, const char *final_url,
	const char *canonical, const char *title, const char *text);
/* All pages that wait fail: items get the feed's own text. */
void world_fail_pages(struct world *world);
enum status world_close(struct world *world, const char *date, struct edition_row *row);

/* The number that a query gives. */
int64_t world_count(struct world *world, const char *sql);
/* count different words from a seed: texts of their own. Valid until the eighth next call. */
const char *world_text(unsigned seed, size_t count);

/* An entry with a date. */
#define ENTRY(guid, link, name, html)                                            \
	{                                                                        \
		.id = (guid), .url = (link), .title = (name), .summary = (html), \
		.published = DATE_NONE, .updated = DATE_NONE                     \
	}

#endif
