/* What another reader has kept of a feed. */
#ifndef DIURNA_STORE_HISTORY_H
#define DIURNA_STORE_HISTORY_H

#include "core/config.h"
#include "core/doc.h"
#include "store/store.h"

struct history {
	int64_t fresh; /* items that were new */
	int64_t known; /* entries of items that were there */
};

/*
 * Record the entries of a document that was kept for a feed, in the caller's transaction. They are
 * told from known ones as those of a poll are, and never printed: they are backlog. No page is
 * fetched for them. A feed that is not subscribed is made, and not polled. sum is added to.
 */
enum status history_record(struct store *store, const struct config *config, const char *feed_url,
	const char *feed_title, const struct feed_doc *doc, int64_t at, struct history *sum);

#endif
