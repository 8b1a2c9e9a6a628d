/* The entries of a document: which are known, which are new. For the files of this layer only. */
#ifndef DIURNA_STORE_ENTRIES_H
#define DIURNA_STORE_ENTRIES_H

#include "store/feeds.h"

/* One poll while it is recorded. */
struct poll {
	struct store *store;
	const struct config *config;
	const struct poll_result *result;
	struct poll_reply *reply;
	struct arena arena;
	const char *feed_url; /* as subscribed */
	int64_t section_id;   /* of the feed */
	int64_t polls;        /* this one counted */
	double entries_week;  /* known so far */
	bool is_active;       /* the feed is polled */
	bool is_first;        /* no document of this feed came before */
	bool is_unseen;       /* nor has it shown anything in another way */
	bool is_history;      /* it was kept elsewhere: nothing of it is news */
	bool is_part;         /* what a hub delivers: the new entries, maybe no other */
	bool is_walk;         /* an older document: it says nothing new of what is known */
	int64_t known_to;     /* items up to this were there before */
	bool has_overlap;     /* an entry of it is among those, and this feed has shown it */
	size_t fresh_left;    /* of a walk: entries that may be news, the latest, */
	int64_t fresh_from;   /* unless they are dated before this */
	bool trusts_guids;
	bool wants_pages; /* articles are fetched */
};

/* What the store has of the poll's feed. counted: of its documents that are this poll's own. */
enum status poll_load(struct poll *poll, int64_t counted);
enum status entries_record(struct poll *poll);
/* Those of a whole document, and what it says of its feed. */
enum status poll_document(struct poll *poll);

#endif
