/* Pictures of articles: fetched like pages, looked at by a parser, kept beside the digests. */
#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "diurnad/manners.h"
#include "edition/file.h"
#include "store/images.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BUSY = 256,      /* pictures on their way; a slow host does not hold up the others */
	HASH_BYTES = 16, /* of SHA-256, in a name */
	DISK_RETRY_S = 900,
	HOLD_S =
		60, /* after the store refused: what it does not know of would be asked for again */
};

/* One picture on its way to its file. */
struct image {
	struct storeq_msg msg; /* first member */
	struct image *next;    /* in daemon.images */
	struct daemon *daemon;
	struct settings *settings;
	char *url;
	char *feed_url; /* of the feed that led here; NULL: not known */
	int64_t item_id;
	int tries;
	struct fetch_response response;
	struct image_result result;
	char hash[2 * HASH_BYTES + 1];
};

static void image_free(struct image *image)
{
	struct image **place = &image->daemon->images;

	while (*place != image)
		place = &(*place)->next;
	*place = image->next;
	image->daemon->images_busy--;
	free(image->url);
	free(image->feed_url);
	fetch_response_finish(&image->response);
	settings_release(image->settings);
	free(image);
}

static void on_recorded(struct storeq_msg *msg)
{
	struct image *image = (struct image *)msg;
	struct daemon *daemon = image->daemon;
	const struct image_result *result = &image->result;

	if (msg->status != STATUS_OK) {
		log_err("image %s: not stored: %s; tried again later", log_visible(image->url),
			status_text(msg->status));
		daemon->images_hold_until = clock_now() + HOLD_S;
	} else if (result->error) {
		log_info("image %s: %s%s", log_visible(image->url), log_visible(result->error),
			result->due_at ? ", tried again" : ", it stays at its site");
	} else {
		log_debug("image %s: stored as %s.%s", log_visible(image->url), image->hash,
			result->is.extension);
	}
	daemon->counters.bytes += (uint64_t)image->response.bytes;
	image_free(image);
	daemon_balance(daemon);
	daemon_wake(daemon);
}

static enum status write_bytes(FILE *to, const void *context)
{
	const struct buf *body = context;

	return fwrite(body->data, 1, body->len, to) == body->len ? STATUS_OK : STATUS_IO;
}

/* The same picture has the same name, wherever it came from. */
static enum status keep(const struct config *config, struct image *image)
{
	const struct buf *body = &image->response.body;
	unsigned char hash[EVP_MAX_MD_SIZE];
	char *folder, *name, *path;
	enum status status;
	unsigned len = 0;
	int i;

	if (EVP_Digest(body->data, body->len, hash, &len, EVP_sha256(), NULL) != 1)
		return STATUS_IO;
	for (i = 0; i < HASH_BYTES; i++)
		snprintf(image->hash + 2 * i, 3, "%02x", hash[i]);
	folder = xasprintf("%s/images/%.2s", config->digest_dir, image->hash);
	name = xasprintf("%s.%s", image->hash, image->result.is.extension);
	path = xasprintf("%s/%s", folder, name);
	status = folder_make(folder);
	if (status == STATUS_OK && access(path, F_OK) != 0)
		status = file_write(folder, name, write_bytes, body);
	free(folder);
	free(name);
	free(path);
	return status;
}

static enum status record(struct storeq_context *context, struct storeq_msg *msg)
{
	struct image *image = (struct image *)msg;
	struct image_result *result = &image->result;

	result->url = image->url;
	result->at = clock_now();
	if (!result->error && keep(context->config, image) != STATUS_OK) {
		snprintf(image->response.error, sizeof(image->response.error), "%s",
			strerror(errno));
		result->error = image->response.error;
		result->due_at = result->at + DISK_RETRY_S;
	}
	result->hash = result->error ? NULL : image->hash;
	result->bytes = (int64_t)image->response.body.len;
	return image_record(context->store, result);
}

static void give_to_store(struct image *image)
{
	image->msg.work = record;
	image->msg.done = on_recorded;
	image->msg.bytes = sizeof(*image) + image->response.body.len;
	storeq_put(image->daemon->storeq, &image->msg);
	daemon_balance(image->daemon);
}

static void on_read(void *context, enum status status, struct answer *answer)
{
	struct image *image = context;

	if (status == STATUS_OK)
		status = answer->status;
	if (status == STATUS_OK && answer->kind == JOB_IMAGE && answer->image.type)
		image->result.is = answer->image;
	else
		image->result.error = status == STATUS_UNSUPPORTED ? "no picture of a known kind"
				      : status == STATUS_LIMIT     ? "too many pixels"
								   : status_text(status);
	give_to_store(image);
}

static void on_fetched(void *context, struct fetch_response *response)
{
	struct image *image = context;
	struct job job = {.kind = JOB_IMAGE, .entry_published = DATE_NONE};

	image->response = *response;
	memset(response, 0, sizeof(*response));
	if (image->response.outcome == POLL_OK && image->response.body.len > 0) {
		job.body = image->response.body.data;
		job.body_len = image->response.body.len;
		parsers_submit(image->daemon->parsers, &job, on_read, image);
		return;
	}
	image->result.error = *image->response.error ? image->response.error : "an empty picture";
	image->result.due_at =
		manners_page_retry_at(&image->response, image->tries + 1, clock_now());
	give_to_store(image);
}

static bool on_due(void *context, const char *url, int64_t item_id, const char *feed_url, int tries)
{
	struct daemon *daemon = context;
	struct fetch_request request = {.kind = FETCH_IMAGE};
	struct image *image;

	for (image = daemon->images; image; image = image->next) {
		if (str_eq(image->url, url))
			return true;
	}
	image = xcalloc(1, sizeof(*image));
	image->daemon = daemon;
	image->settings = settings_use(daemon->settings);
	image->url = xstrdup(url);
	image->feed_url = feed_url ? xstrdup(feed_url) : NULL;
	image->item_id = item_id;
	image->tries = tries;
	image->next = daemon->images;
	daemon->images = image;
	daemon->images_busy++;
	request.url = image->url;
	if (image->feed_url)
		request.settings = config_feed(image->settings->config, image->feed_url);
	dispatch_submit(daemon->dispatch, &request, on_fetched, image);
	return daemon->images_busy < BUSY;
}

void images_start_due(struct daemon *daemon, int64_t now)
{
	if (daemon_config(daemon)->images != IMAGES_STORED || daemon->images_busy >= BUSY ||
		now < daemon->images_hold_until)
		return;
	if (images_due(daemon->reader, now, on_due, daemon) != STATUS_OK)
		log_err("store: images that wait cannot be read: %s; `diurna check --store` looks at it",
			store_error(daemon->reader));
}

bool images_pressing(const struct daemon *daemon, int64_t now)
{
	return daemon->images_busy > 0 ||
	       (daemon_config(daemon)->images == IMAGES_STORED &&
		       now >= daemon->images_hold_until && images_are_due(daemon->reader, now));
}

void images_free(struct daemon *daemon)
{
	while (daemon->images)
		image_free(daemon->images);
}
