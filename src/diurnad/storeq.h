/*
 * The store thread and its queue: the one writer of the store. What waits is done in one
 * transaction, so a busy daemon pays for one commit, not for hundreds.
 */
#ifndef DIURNA_DIURNAD_STOREQ_H
#define DIURNA_DIURNAD_STOREQ_H

#include "core/config.h"
#include "store/store.h"

#include <ev.h>

/* What work may use, on the store thread only. */
struct storeq_context {
	struct store *store;
	const struct config *config; /* work may put a newer one here */
};

/*
 * A message: the head of a larger struct. Putting it into the queue gives it away; done gets it
 * back. work runs on the store thread inside a transaction and may run again when the transaction
 * could not be committed or another message failed, so it starts from scratch each time.
 */
struct storeq_msg {
	struct storeq_msg *next;
	size_t bytes;       /* about how much memory it holds */
	bool is_durable;    /* on disk before done is called, whatever happens to the power */
	enum status status; /* what work said; set before done */
	enum status (*work)(struct storeq_context *context, struct storeq_msg *msg);
	void (*done)(struct storeq_msg *msg); /* on the loop, after the commit; frees it */
};

struct storeq;

/* The store belongs to the queue from now on. STATUS_IO: no thread could be made. */
enum status storeq_new(struct ev_loop *loop, struct store *store, const struct config *config,
	struct storeq **queue);
/*
 * Works off what waits, calls every done, and takes nothing more. The store stays open: whoever
 * reads it closes first, since only a writer that closes last brings the log into the file.
 */
void storeq_stop(struct storeq *queue);
/* Stops it if nobody did, and closes the store. */
void storeq_free(struct storeq *queue);

void storeq_put(struct storeq *queue, struct storeq_msg *msg);
/* The store's file is damaged: messages come back with STATUS_CORRUPT, nothing is written. */
bool storeq_is_damaged(struct storeq *queue);
/* Bytes and messages that wait or are at work. */
size_t storeq_bytes(const struct storeq *queue);
size_t storeq_waiting(const struct storeq *queue);

#endif
