/*
 * Labels: names that a reader gives items, with other programs or `diurna mark`. They move nothing
 * into a section; an item that has one keeps its text, as a starred one does.
 */
#ifndef DIURNA_STORE_LABELS_H
#define DIURNA_STORE_LABELS_H

#include "store/store.h"

#include <stddef.h>

/* Longest name. */
enum { LABEL_BYTES = 200 };
#define LABEL_MEANT "one line of at most 200 bytes was meant, without spaces at its ends"

/* Of the row of item in a statement: its labels as a JSON list, null where it has none. */
#define ITEM_LABELS                                                                         \
	"(SELECT nullif(json_group_array(label), '[]') FROM (SELECT label FROM item_label " \
	"WHERE item_label.item_id = item.id ORDER BY label))"
/* Retention leaves it alone. */
#define ITEM_IS_KEPT                                                                  \
	"(item.starred OR EXISTS (SELECT 1 FROM item_label WHERE item_label.item_id " \
	"= item.id))"

/* UTF-8 of 1 to LABEL_BYTES bytes on one line, no space at its ends. */
bool label_is_good(const char *name);

/* In the caller's transaction. An item that is not there, a label that is: nothing happens. */
enum status label_put(struct store *store, int64_t item_id, const char *name, int64_t now);
enum status label_take(struct store *store, int64_t item_id, const char *name);
/* Of all items; *count, where not NULL, is how many had it. An item that has both keeps one. */
enum status label_rename(struct store *store, const char *from, const char *to, int64_t *count);
enum status label_remove(struct store *store, const char *name, int64_t *count);

/* Whether an item has it. */
enum status label_is_there(struct store *store, const char *name, bool *is_there);

struct label {
	const char *name;          /* until the callback returns */
	int64_t items, at;         /* how many have it; when one got it last */
	int64_t unread, newest_at; /* of these; arrival of the newest unread one, 0: none */
};
/* By name. */
enum status labels_list(struct store *store, int64_t now,
	void (*on_label)(void *context, const struct label *label), void *context);

#endif
