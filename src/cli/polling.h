/* What a poll tells while it goes on, by a daemon that runs or by one that is started for it. */
#ifndef DIURNA_CLI_POLLING_H
#define DIURNA_CLI_POLLING_H

#include "cli/app.h"
#include "cli/progress.h"

struct polling {
	int64_t asked, done; /* feeds */
	int64_t fresh;       /* new items */
	int64_t pages;       /* most that waited at once */
	char *edition;       /* name of the one that was closed; NULL: none */
	char *error;         /* why there is none; NULL: none was wanted */
	char stage[80];      /* of an edition that is made */
	struct progress progress;
};

void polling_start(struct polling *polling);
/* For app_ask_daemon; context is the polling. A line a feed, unless --quiet. */
void polling_take(void *context, const json_t *answer);
/* A round without a daemon. args for diurnad, ends with NULL; an exit code. */
int polling_here(struct app *app, const char *const *args, struct polling *polling);
void polling_finish(struct polling *polling);
/* That no edition was closed, and what to do; its exit code. */
int polling_no_edition(const struct polling *polling);

#endif
