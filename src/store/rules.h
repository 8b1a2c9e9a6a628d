/* How often the rules of the configuration acted. */
#ifndef DIURNA_STORE_RULES_H
#define DIURNA_STORE_RULES_H

#include "store/store.h"

struct rule_hits {
	int64_t hits;    /* items that it acted on */
	int64_t last_at; /* 0: never */
};

/* One more item. In the caller's transaction. */
enum status rule_hit(struct store *store, const char *name, int64_t at);
/* Zeros for one that never acted. */
enum status rule_hits_get(struct store *store, const char *name, struct rule_hits *hits);

#endif
