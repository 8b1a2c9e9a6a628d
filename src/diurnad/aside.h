/* Answers to a browser or a reader that are read from the store: beside the loop, see readq.h. */
#ifndef DIURNA_DIURNAD_ASIDE_H
#define DIURNA_DIURNAD_ASIDE_H

#include "diurnad/daemon.h"
#include "diurnad/web.h"

/* What it may use: store and config are the thread's for so long. */
struct aside {
	struct store *store;
	const struct config *config;
	struct web_request *request; /* whose answer is to be filled */
	const void *question;
};

typedef void aside_give(const struct aside *aside);

/* give fills the answer, now or soon. question lives in the request's arena, or is NULL. */
void aside_answer(
	struct daemon *daemon, struct web_request *request, aside_give *give, const void *question);

#endif
