/* Pictures of articles that are kept beside the digests. */
#ifndef DIURNA_STORE_IMAGES_H
#define DIURNA_STORE_IMAGES_H

#include "core/job.h"
#include "store/store.h"

/* The pictures of an article, in its HTML and the one that stands for it, are to be fetched. */
enum status images_want(
	struct store *store, int64_t item_id, const char *html, const char *lead, int64_t at);

/* One that is due. url is borrowed for the call. False: no more. */
typedef bool images_on_due(
	void *context, const char *url, int64_t item_id, const char *feed_url, int tries);
enum status images_due(struct store *store, int64_t now, images_on_due *on_due, void *context);
bool images_are_due(struct store *store, int64_t now);

/* What became of one. */
struct image_result {
	const char *url;
	int64_t at;
	int64_t due_at;        /* of the next try; 0: none */
	const char *error;     /* NULL: it is stored */
	const char *hash;      /* of its file */
	struct image_facts is; /* when stored */
	int64_t bytes;
};
enum status image_record(struct store *store, const struct image_result *result);

#endif
