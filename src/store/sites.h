/* What recurs on the pages of a site. For the files of this layer only. */
#ifndef DIURNA_STORE_SITES_H
#define DIURNA_STORE_SITES_H

#include "core/doc.h"
#include "store/store.h"

/* Count the blocks of one page. url: of the page. */
enum status site_blocks_record(
	struct store *store, const char *url, const struct article *article, int64_t at);
/* Blocks that no page showed for long. */
enum status site_blocks_expire(struct store *store, int64_t now);

#endif
