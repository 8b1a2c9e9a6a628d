/*
 * The draft of an item: all that can be worked out of an entry without asking the store, by the
 * thread that has the time. For the files of this layer only; the way here is poll_drafts.
 */
#ifndef DIURNA_STORE_DRAFT_H
#define DIURNA_STORE_DRAFT_H

#include "store/ready.h"

enum { ENTRY_HASH_BYTES = 32 };

/* Strings are the document's, or live in the arena it was made in. */
struct entry_draft {
	/* what the entry is known by */
	const char *canonical;          /* of its link; NULL: none, or it says nothing */
	uint8_t hash[ENTRY_HASH_BYTES]; /* of title, summary and content as they came */
	/* the row of a new item and its text; there where is_whole */
	bool is_whole;
	const char *title; /* without one, its first words */
	const char *author;
	const char *site;       /* registrable domain of its link */
	const char *categories; /* JSON, as the two below; NULL: none */
	const char *enclosures;
	const char *details;
	struct item_text text; /* what the entry itself says */
	bool is_woven;
	struct woven woven; /* how that is stored, where is_woven; what waits for its page is not */
};

/* All else but how its texts are stored. */
void draft_complete(const struct feed_entry *entry, struct arena *arena, struct entry_draft *draft);
/* That, of a whole one. */
void draft_weave(const struct feed_entry *entry, struct arena *arena, struct entry_draft *draft);

/* SHA-256 over some strings, in order; NULL is another string than "". */
void draft_hash(const char *const *parts, size_t count, uint8_t hash[ENTRY_HASH_BYTES]);
/* What an entry says besides, as JSON; NULL: nothing. */
const char *draft_details(const struct feed_entry *entry, struct arena *arena);

#endif
