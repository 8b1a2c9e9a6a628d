/*
 * diurnad: polls feeds, reads the articles behind them, closes an edition every day.
 */
#include "config.h"

#include "core/log.h"
#include "diurnad/daemon.h"
#include "diurnad/find.h"
#include "diurnad/mailer.h"
#include "diurnad/web.h"
#include "edition/edition.h"

#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static void print_file(void *context, size_t done, size_t total)
{
	(void)context;
	printf("{\"files\":%zu,\"of\":%zu}\n", done, total);
	fflush(stdout);
}

/* EX_TEMPFAIL: it is written, but what is too old could not be removed. */
static int run_publisher(const struct config *config, int64_t id, enum progress progress)
{
	const struct edition_watch watch = {.on_file = print_file};
	struct store *store = NULL;
	struct edition_row row = {0};
	char *why = NULL, *why_old = NULL;
	int code = EX_OK;

	if (store_open(config->store_path, STORE_READ, &store, &why) != STATUS_OK ||
		edition_write(store, config, id, true, progress == PROGRESS_JSON ? &watch : NULL,
			&why) != STATUS_OK) {
		log_err("edition %lld: %s", (long long)id, why ? why : "not written");
		code = EX_IOERR;
	} else {
		if (edition_by_id(store, id, &row) == STATUS_OK)
			log_info("edition %s: written", row.name);
		if (why)
			log_warning("%s", why);
		if (edition_remove_old(store, config, &why_old) != STATUS_OK) {
			log_warning("%s; tried again with the next edition", why_old);
			code = EX_TEMPFAIL;
		}
	}
	edition_row_finish(&row);
	free(why);
	free(why_old);
	store_close(store);
	return code;
}

static int usage(FILE *to)
{
	fprintf(to,
		"usage: diurnad [--config FILE] [--log-level LEVEL]\n"
		"       diurnad [--config FILE] --once [--force] [--edition] [--progress | --progress-json] [FEED...]\n"
		"       diurnad [--config FILE] --find URL [--guess]\n"
		"       diurnad --version\n"
		"Try diurnad(8).\n");
	return EX_USAGE;
}

static int parse_options(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{"config", required_argument, NULL, 'c'},
		{"once", no_argument, NULL, 'o'},
		{"force", no_argument, NULL, 'f'},
		{"edition", no_argument, NULL, 'e'},
		{"progress", no_argument, NULL, 'p'},
		{"progress-json", no_argument, NULL, 'j'},
		{"publish", required_argument, NULL, 'P'},
		{"mail", no_argument, NULL, 'M'},
		{"find", required_argument, NULL, 'u'},
		{"guess", no_argument, NULL, 'g'},
		{"log-level", required_argument, NULL, 'l'},
		{"foreground", no_argument, NULL, 'F'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'v'},
		{0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:h", names, NULL)) != -1) {
		switch (c) {
		case 'c': options->config_path = optarg; break;
		case 'o': options->is_once = true; break;
		case 'f': options->is_forced = true; break;
		case 'e': options->closes_edition = options->is_once = true; break;
		case 'p': options->progress = PROGRESS_TEXT; break;
		case 'j': options->progress = PROGRESS_JSON; break;
		case 'P': options->publish_id = strtoll(optarg, NULL, 10); break;
		case 'M': options->is_mailer = true; break;
		case 'u': options->find_url = optarg; break;
		case 'g': options->guesses = true; break;
		case 'l': options->log_level = optarg; break;
		case 'F': break; /* always: systemd and people both want it */
		case 'v':
			printf("diurnad %s%s\n", PACKAGE_VERSION, web_is_there() ? ", web" : "");
			exit(EX_OK);
		case 'h': usage(stdout); exit(EX_OK);
		default: return usage(stderr);
		}
	}
	options->feeds = argv + optind;
	options->feed_count = argc - optind;
	if (options->feed_count == 0 || options->is_once)
		return EX_OK;
	fprintf(stderr, "diurnad: '%s' is no option; feeds stand behind --once\n",
		log_visible(argv[optind]));
	return usage(stderr);
}

static bool set_log_level(const struct options *options, const struct config *config)
{
	enum log_level level = config->log_level;

	if (options->log_level && !log_level_parse(options->log_level, &level)) {
		log_err("--log-level %s: err, warning, notice, info or debug is meant",
			log_visible(options->log_level));
		return false;
	}
	log_set_level(level);
	return true;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct config_errors errors = {0};
	struct subscriptions subs = {0};
	struct config *config = NULL;
	int code = parse_options(argc, argv, &options);

	/* Names with letters beyond ASCII: libcurl takes them for text of the locale. */
	setlocale(LC_CTYPE, "C.UTF-8");
	if (code != EX_OK)
		return code;
	if (config_load(options.config_path, &config, &errors) != STATUS_OK) {
		settings_log_errors(&errors);
		code = EX_CONFIG;
	} else if (!set_log_level(&options, config)) {
		config_free(config);
		code = EX_USAGE;
	} else if (options.publish_id > 0) {
		code = run_publisher(config, options.publish_id, options.progress);
		config_free(config);
	} else if (options.is_mailer) {
		code = mailer_run(config);
		config_free(config);
	} else if (options.find_url) {
		code = find_feeds(config, options.find_url, options.guesses);
		config_free(config);
	} else {
		/* A list that cannot be read costs its feeds, not the newspaper. */
		if (subscriptions_load(config, &subs, &errors) != STATUS_OK)
			settings_log_errors(&errors);
		code = daemon_run(&options, config, &subs);
	}
	config_errors_finish(&errors);
	subscriptions_finish(&subs);
	return code;
}
