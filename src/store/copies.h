/* Edited copies of a text: found by their sketch. For the files of this layer only. */
#ifndef DIURNA_STORE_COPIES_H
#define DIURNA_STORE_COPIES_H

#include "core/sketch.h"
#include "store/store.h"

enum { COPIES_MAX = 8 }; /* texts that are named */
/* From here on two texts at least quote the same. */
#define LIKENESS_RELATED 0.1

/* A text that shares wording. */
struct copy {
	int64_t item_id;
	double likeness; /* sketch_likeness */
};

/*
 * The texts of the last weeks that are likest, best first; *count is at most COPIES_MAX. id: the
 * item itself, passed over. Texts that share almost nothing are not named.
 */
enum status copies_find(struct store *store, int64_t id, const struct sketch *sketch,
	struct copy copies[COPIES_MAX], size_t *count);
/* The same for an item whose text is found already. */
enum status copies_of(
	struct store *store, int64_t id, struct copy copies[COPIES_MAX], size_t *count);
/* From now on this text is found. An earlier one of the same item is forgotten. */
enum status copies_put(struct store *store, int64_t id, const struct sketch *sketch);
/* Those of long ago go, some hundred a call. *dropped: how many. */
enum status copies_expire(struct store *store, int64_t now, int64_t *dropped);

#endif
