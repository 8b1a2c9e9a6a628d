/*
 * Reading that may take long, beside the loop: a thread with a handle of its own, one question at a
 * time. A search in a large store holds up no poll.
 */
#ifndef DIURNA_DIURNAD_READQ_H
#define DIURNA_DIURNAD_READQ_H

#include "store/store.h"

#include <ev.h>

/* The head of a larger struct. Putting it gives it away; done gets it back, on the loop. */
struct readq_msg {
	struct readq_msg *next;
	bool is_done;                                             /* work was called */
	void (*work)(struct store *store, struct readq_msg *msg); /* on the thread */
	void (*done)(struct readq_msg *msg);                      /* frees it */
};

struct readq;

/* NULL: no thread, or the store cannot be opened. */
struct readq *readq_new(struct ev_loop *loop, const char *path);
/* What is at work breaks off, what waits comes back undone. NULL is allowed. */
void readq_free(struct readq *queue);

/*
 * queue NULL: work is done at once, with store, and done is called. A question that takes longer
 * than its time fails as the store would.
 */
void readq_put(struct readq *queue, struct store *store, struct readq_msg *msg);

#endif
