/* recover: a new store of what can be had of a damaged one. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "core/log.h"
#include "core/status.h"
#include "store/recover.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

static int exit_code_of(enum status status)
{
	switch (status) {
	case STATUS_NOT_FOUND: return EX_NOINPUT;
	case STATUS_BUSY: return EX_UNAVAILABLE;
	case STATUS_CORRUPT: return EX_DATAERR;
	default: return EX_IOERR;
	}
}

static void report(const char *path, const struct recovery *recovery)
{
	char feeds[OUT_COUNT_BYTES], items[OUT_COUNT_BYTES], editions[OUT_COUNT_BYTES];
	char count[OUT_COUNT_BYTES];

	printf("%s is a new store: %s, %s, %s.\n", path,
		out_count(recovery->feeds, "feed", "feeds", feeds),
		out_count(recovery->items, "item", "items", items),
		out_count(recovery->editions, "edition", "editions", editions));
	if (recovery->places)
		printf("%s could not be read.\n",
			out_count(recovery->places, "place", "places", count));
	if (recovery->salvaged)
		printf("%s gathered from pages that nothing leads to any more.\n",
			out_count(recovery->salvaged, "row was", "rows were", count));
	if (recovery->lost)
		printf("Nothing could be read of these tables: %s (diurna-store(5) says what stood "
		       "in them).\n",
			recovery->lost);
	if (recovery->mended)
		printf("%s to what is lost: mended or dropped.\n",
			out_count(recovery->mended, "row belonged", "rows belonged", count));
	if (recovery->places)
		printf("What is missing comes back where its feed still lists it.\n");
	printf("The damaged store stays as %s.\n", recovery->kept_as);
}

int cmd_recover(int argc, char **argv)
{
	static const struct option options[] = {{0}};
	struct recovery recovery = {0};
	struct app app = {0};
	struct progress progress;
	struct store_watch watch = {progress_share, &progress};
	char *why = NULL;
	enum status status;
	int code;

	if (cmd_option(argc, argv, "", options) != -1)
		return EX_USAGE;
	if (optind != argc)
		return cmd_usage_error("it takes no arguments; --config FILE says which store");
	code = app_open_config(&app);
	if (code != EX_OK)
		return code;
	progress_start(&progress, "");
	status = store_recover(app.config->store_path, &recovery, &why, &watch);
	progress_clear(&progress);
	if (status == STATUS_OK)
		report(app.config->store_path, &recovery);
	else if (status == STATUS_EXISTS)
		printf("%s\n", why);
	else
		code = cmd_error(
			exit_code_of(status), "%s", why ? log_visible(why) : status_text(status));
	if (code == EX_OK)
		code = out_finish();
	free(why);
	recovery_finish(&recovery);
	app_close(&app);
	return code;
}
