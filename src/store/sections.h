/* Sections in the store. For the files of this layer and editions. */
#ifndef DIURNA_STORE_SECTIONS_H
#define DIURNA_STORE_SECTIONS_H

#include "core/config.h"
#include "store/store.h"

/* Where items go that belong nowhere else. */
#define SECTION_OTHER "Other"

/* The sections of the configuration, in its order, then those of subscriptions, then "Other". */
enum status sections_sync(
	struct store *store, const struct config *config, const struct subscriptions *subs);
/* Number of a section by its title, made when it is not there. NULL: "Other". */
enum status section_find(struct store *store, const char *title, int64_t *id);
/* Whether a feed that is subscribed is in the section of that title. */
enum status section_has_feeds(struct store *store, const char *title, bool *has_feeds);

#endif
