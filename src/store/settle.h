/*
 * The stories of an edition. While items arrive each finds its story among those that were there
 * before it (stories.h); when they are printed, all of them are compared with each other, so that
 * it does not matter who was read first. For the files of this layer only.
 */
#ifndef DIURNA_STORE_SETTLE_H
#define DIURNA_STORE_SETTLE_H

#include "store/store.h"

/*
 * Put what arrived with a number above from_seq and up to to_seq, and is in no edition before this
 * one, into stories anew: by what it says and by what was printed in the last days, whose stories
 * stay. Its number orders nothing.
 */
enum status stories_settle(
	struct store *store, int64_t edition_id, int64_t from_seq, int64_t to_seq, int64_t at);

#endif
