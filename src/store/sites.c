#include "store/sites.h"

#include "core/identity.h"
#include "core/mem.h"
#include "store/items.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>

enum {
	PAGE_BLOCKS = 400,    /* of one page that are counted */
	SITE_BLOCKS = 3000,   /* of one site that are kept */
	SITE_PAGES_RECUR = 3, /* pages that show a block before it counts as recurring */
	SITE_ANSWER = 1000,   /* blocks that the parser is told at most */
	SITE_BLOCK_AGE_S = 90 * 24 * 3600, /* kept after the last page that showed it */
};

static int hash_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* A site has room for so many: those of one page only, and the oldest, go first. */
static enum status make_room(struct store *store, const char *site)
{
	int64_t count;
	enum status status = sql_int(
		store, "SELECT count(*) FROM site_block WHERE site = ?1", &count, "s", site);

	if (status != STATUS_OK || count <= SITE_BLOCKS)
		return status;
	return sql_run(store,
		"DELETE FROM site_block WHERE site = ?1 AND hash IN (SELECT hash FROM site_block "
		"WHERE site = ?1 ORDER BY pages > 1, last_seen_at LIMIT ?2)",
		"si", site, count - SITE_BLOCKS / 2);
}

enum status site_blocks_record(
	struct store *store, const char *url, const struct article *article, int64_t at)
{
	size_t count =
		article->block_hash_count < PAGE_BLOCKS ? article->block_hash_count : PAGE_BLOCKS;
	struct buf site = {0};
	uint64_t *hashes;
	enum status status = STATUS_OK;

	if (count == 0 || !url_site(url, &site)) {
		buf_finish(&site);
		return STATUS_OK;
	}
	/* in order: a block counts once a page, and neighbours in the index are near */
	hashes = xreallocarray(NULL, count, sizeof(*hashes));
	memcpy(hashes, article->block_hashes, count * sizeof(*hashes));
	qsort(hashes, count, sizeof(*hashes), hash_compare);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		if (i == 0 || hashes[i] != hashes[i - 1])
			status = sql_run(store,
				"INSERT INTO site_block (site, hash, pages, last_seen_at) "
				"VALUES (?1, ?2, 1, ?3) ON CONFLICT (site, hash) DO UPDATE SET "
				"pages = pages + 1, last_seen_at = excluded.last_seen_at",
				"sii", buf_text(&site), (int64_t)hashes[i], at);
	if (status == STATUS_OK)
		status = make_room(store, buf_text(&site));
	free(hashes);
	buf_finish(&site);
	return status;
}

enum status site_blocks(struct store *store, const char *url, struct arena *arena,
	const uint64_t **hashes, size_t *count)
{
	struct buf site = {0};
	sqlite3_stmt *s;
	uint64_t *list;
	enum status status;

	*hashes = NULL;
	*count = 0;
	if (!url_site(url, &site)) {
		buf_finish(&site);
		return STATUS_OK;
	}
	list = arena_calloc(arena, SITE_ANSWER, sizeof(*list));
	status = sql_open(store,
		"SELECT hash FROM site_block WHERE site = ?1 AND pages >= ?2 "
		"ORDER BY pages DESC LIMIT ?3",
		&s, "sii", buf_text(&site), (int64_t)SITE_PAGES_RECUR, (int64_t)SITE_ANSWER);
	while (sql_next(store, s, &status))
		list[(*count)++] = (uint64_t)sqlite3_column_int64(s, 0);
	*hashes = list;
	buf_finish(&site);
	return status;
}

enum status site_blocks_expire(struct store *store, int64_t now)
{
	return sql_run(store, "DELETE FROM site_block WHERE last_seen_at < ?1", "i",
		now - SITE_BLOCK_AGE_S);
}
