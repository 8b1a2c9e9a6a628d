/* Which section an item belongs to, and what the rules say of it. For this layer only. */
#ifndef DIURNA_STORE_FILING_H
#define DIURNA_STORE_FILING_H

#include "store/ready.h"

struct filed {
	int64_t section_id;
	bool is_dropped;
	bool is_starred;
	struct buf rules; /* names of those that acted, ", " between them; to be finished */
};

/* at: now; what the rules did is counted. */
enum status item_file(struct store *store, const struct config *config, const struct item_row *row,
	const struct item_text *text, int64_t at, struct filed *filed);

#endif
