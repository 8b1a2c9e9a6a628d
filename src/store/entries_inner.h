/* What the files of entries.c share: entries.c and entries_*.c. */
#ifndef DIURNA_STORE_ENTRIES_INNER_H
#define DIURNA_STORE_ENTRIES_INNER_H

#include "store/draft.h"
#include "store/entries.h"
#include "store/ready.h"

/* An entry on its way. Strings are the document's or the poll's. */
struct seen {
	const struct feed_entry *entry;
	const struct entry_draft *draft; /* what was worked out of it */
	const char *guid;                /* as given; NULL: none */
	const char *canonical;           /* NULL: its link does not say what it is */
	const char *key;                 /* what its sighting is kept by */
	size_t index;                    /* in the document */
	int64_t published;               /* or DATE_NONE */
	int64_t by_link;                 /* item that its canonical URL stands for */
	bool takes_link;                 /* of another article that this feed has shown */
	bool has_sighting;               /* by this key */
	bool is_repeated;                /* an earlier one of the document has the key */
	bool is_backlog;
};

/* What the store knows of an item behind a key. */
struct known {
	int64_t item_id;
	int64_t feed_id;      /* that showed it first */
	int64_t last_seen_at; /* by this feed */
	int64_t published;
	const char *title;
	const char *canonical;
	bool is_same_entry; /* the entry is as it was */
};

/* entries_seen.c */
/*
 * The entries of a poll's document in the order in which they arrive, each with the key that its
 * sighting is kept by; *list is to be freed, also after a failure. A document whose guids mean
 * nothing makes poll->trusts_guids false.
 */
enum status seen_list(struct poll *poll, struct seen **list, size_t *count);
/* What this feed has shown by the entry's key; item_id 0: nothing. Strings go into arena. */
enum status known_get(
	struct poll *poll, const struct seen *seen, struct arena *arena, struct known *known);
/*
 * The guid is one that was seen, the rest is another article: some feeds count places. by_link:
 * the item that the entry's link stands for; 0: none.
 */
bool known_is_other(const struct seen *seen, const struct known *known, int64_t by_link);

/* entries_changed.c */
/* How much the entry's text differs from what the item's entry said: terms_difference. */
double entry_difference(const struct item_row *old, const struct feed_entry *entry);
/* The entry of a known item is not as it was. */
enum status entry_changed(struct poll *poll, const struct seen *seen, int64_t item_id);

/* entries.c */
/* The page behind an item is to be read; its row says so. */
void poll_task(struct poll *poll, int64_t item_id, const char *url, int64_t due_at);
/* The store has grown by this text for it. */
void poll_charge(struct poll *poll, const char *text);

#endif
