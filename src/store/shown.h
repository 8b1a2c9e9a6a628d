/*
 * Which of its sightings an item shows, until an edition has printed it: not the one that was read
 * first, which is chance. For the files of this layer only.
 */
#ifndef DIURNA_STORE_SHOWN_H
#define DIURNA_STORE_SHOWN_H

#include "store/ready.h"

/*
 * Whether the row, a further sighting by another feed with that text, is to be shown instead: what
 * is fuller, in steps of 1.4 times as many words; else what was published first; of one moment,
 * what stands first in the configuration; then by address.
 */
enum status shown_prefers(struct store *store, int64_t id, const struct item_row *row,
	const struct item_text *text, bool *prefers);
/*
 * The item says what the row says, which is in the store under a number of its own and stays there.
 * It has arrived already, and is not told of again. page_state: of the row's page; NULL: its text
 * is the entry's. Nothing happens where a rule drops what the row is.
 */
enum status shown_take_over(struct store *store, const struct config *config, int64_t id,
	const struct item_row *row, const struct item_text *text, const char *page_state,
	int64_t at);

#endif
