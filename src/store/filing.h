/* Which section an item belongs to, and what the rules say of it. For this layer only. */
#ifndef DIURNA_STORE_FILING_H
#define DIURNA_STORE_FILING_H

#include "store/explain.h"
#include "store/ready.h"

#include <jansson.h>

/* What a section or a rule may ask of an item. Borrowed. */
struct filing_facts {
	const char *feed_url;
	const json_t *categories;           /* of the entry: an array of texts; NULL: none */
	const char *const *page_categories; /* of the page */
	size_t page_category_count;
	const char *page_section;                          /* as the page gives it; NULL: none */
	bool (*matches)(void *context, const char *query); /* is it met by this full-text query? */
	void *context;
};

/* By what the section takes it; FILED_BY_NOTHING: it does not. *what: as of struct explanation. */
enum filed_by filing_takes(
	const struct filing_facts *facts, const struct config_section *section, const char **what);

/* All of *placed but its number. at: now; what the rules did is counted; 0: it was before. */
enum status item_file(struct store *store, const struct config *config, const struct item_row *row,
	const struct item_text *text, int64_t at, struct placed *placed);

#endif
