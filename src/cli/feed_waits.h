/* Why a feed is asked when it is: what its server, its document and the configuration say of it. */
#ifndef DIURNA_CLI_FEED_WAITS_H
#define DIURNA_CLI_FEED_WAITS_H

#include "cli/app.h"
#include "store/feeds.h"

/*
 * A line on stdout for everything that keeps the feed from being asked, with how long; none where
 * only the usual interval does. The store is open. now: epoch seconds.
 */
void feed_waits_print(const struct app *app, const struct feed_row *row, int64_t now);

#endif
