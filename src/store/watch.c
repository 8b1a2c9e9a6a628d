#include "store/watch.h"

#include <stddef.h>

enum { LOOK_EVERY = 100000 }; /* steps of the machine: a hundredth of a second or so */

static int on_steps(void *context)
{
	struct watching *watching = context;
	double share = 0;

	watching->done += LOOK_EVERY;
	if (watching->expected > 0)
		share = watching->done / watching->expected;
	watch_tell(watching,
		watching->from + (watching->to - watching->from) * (share < 1 ? share : 1));
	return 0;
}

void watch_begin(
	struct watching *watching, const struct store_watch *watch, sqlite3 *db, const char *what)
{
	*watching = (struct watching){.watch = watch, .db = db, .what = what};
	if (watch && db)
		sqlite3_progress_handler(db, LOOK_EVERY, on_steps, watching);
	watch_tell(watching, 0);
}

void watch_step(struct watching *watching, double to, double expected)
{
	watching->from = watching->to;
	watching->to = to;
	watching->done = 0;
	watching->expected = expected;
	watch_tell(watching, watching->from);
}

void watch_tell(const struct watching *watching, double share)
{
	if (watching->watch)
		watching->watch->on_share(watching->watch->context, watching->what, share);
}

void watch_end(struct watching *watching)
{
	if (watching->watch && watching->db)
		sqlite3_progress_handler(watching->db, 0, NULL, NULL);
}
