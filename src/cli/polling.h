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
	bool is_here;        /* no daemon was there to ask */
	struct progress progress;
};

void polling_start(struct polling *polling);
/*
 * A round, with a line a feed unless --quiet: by the daemon that is asked (request NULL: none; its
 * reference is taken), else by one that is started for it with args, which end with NULL. Where
 * somebody else has the store, a daemon that starts or another round, that is waited for half a
 * minute. An exit code; what failed is on stderr.
 */
int polling_run(struct app *app, json_t *request, const char *const *args, struct polling *polling);
void polling_finish(struct polling *polling);
/* That no edition was closed, and what to do; its exit code. */
int polling_no_edition(const struct polling *polling);

#endif
