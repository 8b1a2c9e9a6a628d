/*
 * Stories: items that report the same event. A copy is the same item, a story is several. For the
 * files of this layer only.
 */
#ifndef DIURNA_STORE_STORIES_H
#define DIURNA_STORE_STORIES_H

#include "store/ready.h"

/*
 * Put a new item into the story of the items of the last days that it shares rare words of its
 * title and names of its lead with, or leave it alone; afterwards it can be found itself.
 * related: an item with much of the same wording, 0: none. The cost does not grow with the store.
 */
enum status story_find(struct store *store, const struct item_row *row,
	const struct item_text *text, int64_t related, int64_t at);
/* Words of days that are over, a few thousand rows a call. *dropped: how many. */
enum status stories_expire(struct store *store, int64_t now, int64_t *dropped);

#endif
