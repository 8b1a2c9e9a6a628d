/* Why an item is where it is. For the command; only reads. */
#ifndef DIURNA_STORE_EXPLAIN_H
#define DIURNA_STORE_EXPLAIN_H

#include "core/arena.h"
#include "core/config.h"
#include "store/store.h"

enum filed_by {
	FILED_BY_FEED,         /* a section of the configuration names its feed */
	FILED_BY_CATEGORY,     /* what: the category */
	FILED_BY_MATCH,        /* what: the full-text rule */
	FILED_BY_RULE,         /* what: the name of the rule that moves it */
	FILED_BY_SUBSCRIPTION, /* the section that its feed is in, by a list */
	FILED_BY_NOTHING,      /* no section takes it: "Other" */
	FILED_BEFORE,          /* the configuration of today would file it elsewhere; what: where */
};

/* Strings live in the arena given. */
struct explanation {
	const char *section; /* title; NULL: none yet */
	enum filed_by filed_by;
	const char *what;
	const char *page_state; /* "none", "waiting", "read", "failed", "refused" */
	int64_t page_due_at;    /* of the next try; 0: none */
	int page_tries;
	const char *edition;      /* name of the one that printed it; NULL: none */
	const char *last_edition; /* name of the newest; NULL: none yet */
	int64_t last_seq;         /* up to which arrivals that took */
};

/* STATUS_NOT_FOUND: no such item. */
enum status item_explain(struct store *store, const struct config *config, int64_t id,
	struct arena *arena, struct explanation *explanation);

#endif
