/* check, backup: is everything as it should be, and a copy of it. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "core/date.h"
#include "core/file.h"
#include "core/identity.h"
#include "core/job.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "core/urlset.h"
#include "edition/spool.h"
#include "store/match.h"
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

struct check {
	struct app app;
	int wrong;     /* what must be put right */
	int remarks;   /* what someone should look at */
	bool is_quiet; /* only what is wrong */
	struct progress progress;
};

enum verdict { FINE, REMARK, WRONG };

static void say(struct check *check, enum verdict verdict, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct check *check, enum verdict verdict, const char *format, ...)
{
	static const char *const words[] = {"ok", "look", "wrong"};
	static const enum out_style styles[] = {OUT_GOOD, OUT_BOLD, OUT_BAD};
	struct buf text = {0}, lines = {0};
	va_list args;

	check->wrong += verdict == WRONG;
	check->remarks += verdict == REMARK;
	if (verdict == FINE && check->is_quiet)
		return;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	out_labelled(&lines, words[verdict], 7, styles[verdict], buf_text(&text));
	fputs(buf_text(&lines), stdout);
	buf_finish(&lines);
	buf_finish(&text);
}

/* The folder that a file is in; to be freed. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return xasprintf("%.*s", slash > path ? (int)(slash - path) : 1, slash ? path : ".");
}

/* One feed under two addresses is polled twice. */
static void check_forms(struct check *check)
{
	const struct subscriptions *subs = &check->app.subs;
	struct urlset places = {0};
	struct buf form = {0};

	for (size_t i = 0; i < subs->count; i++) {
		const char *url = subs->list[i].url;

		for (unsigned n = 0; url_form(url, n, &form); n++) {
			if (urlset_find(&places, buf_text(&form)) != (size_t)URLSET_NONE)
				say(check, REMARK,
					"%s and %s look like one feed that is polled twice; "
					"'diurna unsubscribe' takes one out",
					log_visible(buf_text(&form)), log_visible(url));
			buf_clear(&form);
		}
		urlset_add(&places, url, i);
	}
	buf_finish(&form);
	urlset_finish(&places);
}

static void check_config(struct check *check)
{
	struct config_errors errors = {0};
	enum status status = config_load(app_config_path, &check->app.config, &errors);
	const struct config *config = check->app.config;
	char sections[OUT_COUNT_BYTES], rules[OUT_COUNT_BYTES], feeds[OUT_COUNT_BYTES];
	size_t i;

	for (i = 0; i < errors.count; i++)
		say(check, WRONG, "%s%s", errors.lines[i],
			status == STATUS_NOT_FOUND ? "; " APP_CONFIG_WANTED : "");
	config_errors_finish(&errors);
	if (status != STATUS_OK)
		return;
	say(check, FINE, "%s: %s, %s", config->path,
		out_count((int64_t)config->section_count, "section", "sections", sections),
		out_count((int64_t)config->rule_count, "rule", "rules", rules));
	subscriptions_load(config, &check->app.subs, &errors);
	for (i = 0; i < errors.count; i++)
		say(check, WRONG, "%s", log_visible(errors.lines[i]));
	config_errors_finish(&errors);
	check_forms(check);
	say(check, check->app.subs.count ? FINE : REMARK, "%s%s",
		out_count((int64_t)check->app.subs.count, "feed", "feeds", feeds),
		check->app.subs.count ? "" : "; " APP_FEEDS_WANTED);
}

static void on_wrong_match(
	void *context, int line, const char *what, const char *match, const char *sentence)
{
	struct check *check = context;

	say(check, WRONG, "%s:%d: %s \"%s\" is no full-text query: %s", check->app.config->path,
		line, what, match, sentence);
}

static void check_matches(struct check *check)
{
	if (match_check(check->app.config, on_wrong_match, check) != STATUS_OK)
		say(check, WRONG, "SQLite has no full-text search (FTS5)");
}

/* A folder that will be made has a parent that may be written. */
static void check_writable(struct check *check, const char *what, const char *path)
{
	char *folder = xstrdup(path), *slash;
	struct stat found;

	if (stat(folder, &found) == 0 && S_ISDIR(found.st_mode) &&
		access(folder, W_OK | X_OK) == 0) {
		say(check, FINE, "%s %s", what, path);
		free(folder);
		return;
	}
	while (stat(folder, &found) < 0 && errno == ENOENT && (slash = strrchr(folder, '/')) &&
		slash != folder)
		*slash = '\0';
	if (!str_eq(folder, path) && stat(folder, &found) == 0 && S_ISDIR(found.st_mode) &&
		access(folder, W_OK | X_OK) == 0)
		say(check, FINE, "%s %s will be made", what, path);
	else if (stat(folder, &found) == 0 && !S_ISDIR(found.st_mode))
		say(check, WRONG, "%s %s: %s is no folder", what, path, folder);
	else
		say(check, REMARK, "%s %s: this user cannot write in %s; the daemon's user must",
			what, path, folder);
	free(folder);
}

/* A file that holds a secret: there, readable, and for no one else. */
static void check_secret(struct check *check, const char *of, const char *path)
{
	struct stat found;

	if (!path)
		return;
	if (stat(path, &found) < 0 && str_starts(path, CONFIG_CREDENTIALS "/"))
		say(check, REMARK,
			"%s: the credential %s is there for the running service only, which needs "
			"LoadCredential=%s:PATH",
			log_visible(of), strrchr(path, '/') + 1, strrchr(path, '/') + 1);
	else if (stat(path, &found) < 0)
		say(check, WRONG, "%s: %s: %s", log_visible(of), path, strerror(errno));
	else if (found.st_mode & S_IROTH)
		say(check, REMARK, "%s: %s can be read by everybody; chmod o-r was meant",
			log_visible(of), path);
	else if (access(path, R_OK) < 0)
		say(check, REMARK, "%s: %s cannot be read by this user; the daemon's user must",
			log_visible(of), path);
}

/* Who may write there may have programs run by the daemon's user. */
static void check_own(struct check *check, const char *path)
{
	struct stat found;

	if (path && stat(path, &found) == 0 && found.st_mode & S_IWOTH)
		say(check, REMARK,
			"%s can be written by everybody, and tells diurna what to run and to ask; "
			"chmod o-w was meant",
			path);
}

static void check_readable(struct check *check, const char *what, const char *path)
{
	if (path && access(path, R_OK) < 0)
		say(check, WRONG, "%s %s: %s", what, path, strerror(errno));
}

/* The daemon makes the folder of a person's own store, and systemd the system's. */
static void check_store_folder(struct check *check, const char *folder)
{
	const struct config *config = check->app.config;
	struct stat found;

	if (stat(folder, &found) == 0 || errno != ENOENT ||
		(config->is_own && str_eq(folder, config->state_dir)))
		check_writable(check, "folder of the store", folder);
	else if (str_eq(folder, config->state_dir))
		say(check, REMARK,
			"folder of the store %s is not there; the service makes it, without "
			"systemd you do",
			folder);
	else
		say(check, WRONG,
			"folder of the store %s is not there; make it, or name another with "
			"store { path = ... }",
			folder);
}

/* Readers change the list by the daemon, which then may write all that lies beside it. */
static void check_web(struct check *check)
{
	const struct config *config = check->app.config;
	const char *list = subscriptions_own(config);
	char *of_list, *of_config;

	check_secret(check, "web", config->web.password_file);
	if (!config->web.may_subscribe || !list)
		return;
	of_list = folder_of(list);
	of_config = folder_of(config->path);
	if (str_eq(of_list, of_config))
		say(check, REMARK,
			"web { may-subscribe } opens %s to the daemon, and this configuration is "
			"there too; give %s a folder of its own",
			of_list, list);
	else
		check_writable(check, "folder of the subscriptions", of_list);
	free(of_list);
	free(of_config);
}

/* What a section or feed says of its own counts, too. */
static int64_t shortest_keep(const struct config *config)
{
	int64_t least = config->keep.age_s;
	size_t i;

	for (i = 0; i < config->section_count; i++)
		if (config->sections[i].keep.age_s > 0 &&
			(!least || config->sections[i].keep.age_s < least))
			least = config->sections[i].keep.age_s;
	for (i = 0; i < config->feed_count; i++)
		if (config->feeds[i].keep.age_s > 0 &&
			(!least || config->feeds[i].keep.age_s < least))
			least = config->feeds[i].keep.age_s;
	return least;
}

/* Somebody who has texts removed may expect that of printed ones, too. */
static void check_keep(struct check *check)
{
	const struct config *config = check->app.config;
	int64_t texts = shortest_keep(config), editions = config->keep_editions_s;
	char span[DATE_TEXT_BYTES];

	if (texts > 0 && (editions == 0 || editions > texts))
		say(check, REMARK,
			"texts are kept for %s, but what is printed stays as long as its edition, %s; "
			"digest { keep = ... } says otherwise",
			date_span(texts, span), editions ? "which is longer" : "forever");
}

static void check_files(struct check *check)
{
	const struct config *config = check->app.config;
	char *folder = folder_of(config->store_path);
	size_t i;

	check_own(check, config->path);
	for (i = 0; i < config->subscription_count; i++)
		check_own(check, config->subscriptions[i]); /* an address is no file */
	check_own(check, config->rules_dir);
	check_store_folder(check, folder);
	check_writable(check, "digests", config->digest_dir);
	check_readable(check, "style", config->style);
	check_readable(check, "ca-file", config->ca_file);
	check_readable(check, "ca-file of mail", config->mail.ca_file);
	check_secret(check, "mail", config->mail.password_file);
	check_web(check);
	if (config->mail.sendmail && access(config->mail.sendmail, X_OK) < 0)
		say(check, WRONG, "sendmail %s: %s", config->mail.sendmail, strerror(errno));
	for (i = 0; i < config->feed_count; i++) {
		char *of = xasprintf("feed %s", config->feeds[i].url);

		check_secret(check, of, config->feeds[i].password_file);
		check_secret(check, of, config->feeds[i].cookie_file);
		free(of);
	}
	free(folder);
}

/* Mails that did not get where they should. */
static void check_spool(struct check *check)
{
	struct spool_sum sum = {0};

	if (check->app.config->mail.to_count == 0)
		return;
	if (spool_sum_up(check->app.config, &sum) != STATUS_OK)
		say(check, REMARK, "mail: the spool cannot be read by this user: %s",
			strerror(errno));
	else if (sum.waiting + sum.unsure + sum.failed + sum.stranded == 0)
		say(check, FINE, "mail: nothing waits");
	if (sum.waiting)
		say(check, REMARK, "mail: %zu not accepted yet%s%s", sum.waiting,
			sum.why ? ": " : "", sum.why ? log_visible(sum.why) : "");
	if (sum.stranded)
		say(check, REMARK,
			"mail: %zu for addresses that mail.to no longer has; diurna health",
			sum.stranded);
	if (sum.unsure)
		say(check, REMARK,
			"mail: %zu cut off before the answer, not sent again; diurna health",
			sum.unsure);
	if (sum.failed)
		say(check, WRONG, "mail: %zu given up after 5 days; diurna health", sum.failed);
	spool_sum_finish(&sum);
}

/* A parser starts and answers: the sandbox works here. */
static void check_parser(struct check *check)
{
	static const char feed[] = "<rss version=\"2.0\"><channel><title>t</title></channel></rss>";
	struct job job = {.kind = JOB_FEED, .body = feed, .body_len = sizeof(feed) - 1};
	struct answer answer;
	enum status status;

	job.entry_published = DATE_NONE;
	answer_init(&answer);
	status = parser_run(&job, 10000, &answer);
	if (status == STATUS_IO)
		say(check, WRONG, "%s cannot be started: %s", parser_program(), strerror(errno));
	else if (status != STATUS_OK || answer.status != STATUS_OK)
		say(check, WRONG, "diurna-parse does not read a plain feed: %s",
			status_text(status != STATUS_OK ? status : answer.status));
	else
		say(check, FINE, "diurna-parse reads in its sandbox");
	answer_finish(&answer);
}

/* Tried on a page of one paragraph: what the parser cannot understand of it is wrong. */
static void check_rule(struct check *check, const char *path, const char *name)
{
	static const char page[] = "<html><body><p>A paragraph.</p></body></html>";
	struct job job = {.kind = JOB_PAGE, .body = page, .body_len = sizeof(page) - 1};
	char *url = xasprintf("https://%s/", name);
	struct buf text = {0}, site = {0};
	struct answer answer;
	enum status status = file_read(path, LIMIT_RULE_BYTES, &text);

	answer_init(&answer);
	job.entry_published = DATE_NONE;
	job.rule = buf_text(&text);
	if (status != STATUS_OK)
		say(check, WRONG, "rule %s: %s", log_visible(path), status_text(status));
	else if (!url_site(url, &site))
		say(check, WRONG, "rule %s: its name is no domain", log_visible(path));
	else if (!str_eq(buf_text(&site), name))
		say(check, WRONG, "rule %s: never used; its pages have the site %s, name it so",
			log_visible(path), buf_text(&site));
	else if (parser_run(&job, 10000, &answer) == STATUS_OK && answer.article.reason &&
		 str_starts(answer.article.reason, RULE_IS_WRONG))
		say(check, WRONG, "rule %s: %s", log_visible(path),
			log_visible(answer.article.reason + strlen(RULE_IS_WRONG)));
	answer_finish(&answer);
	buf_finish(&text);
	buf_finish(&site);
	free(url);
}

static void check_rules(struct check *check)
{
	const char *folder = check->app.config->rules_dir;
	int before = check->wrong;
	struct dirent **files = NULL;
	int count = folder ? scandir(folder, &files, NULL, alphasort) : 0, rules = 0, i;

	if (count < 0 && errno != ENOENT)
		say(check, WRONG, "site-rules %s: %s", folder, strerror(errno));
	for (i = 0; i < count; i++) {
		const char *name = files[i]->d_name;
		char *path = xasprintf("%s/%s", folder, name);

		/* as the daemon passes over them */
		if (name[0] != '.' && strchr(name, '.') && !str_ends(name, "~")) {
			check_rule(check, path, name);
			rules++;
		}
		free(path);
		free(files[i]);
	}
	free(files);
	if (rules > 0 && before == check->wrong)
		say(check, FINE, "%d rules of single sites", rules);
}

static void print_line(void *context, const char *line)
{
	struct check *check = context;

	progress_clear(&check->progress);
	say(check, WRONG, "store: %s", log_visible(line));
}

/* What cannot be brought below it is starred or labelled, or the identity of items. */
static void check_size(struct check *check, const char *path)
{
	int64_t most = check->app.config->max_store_bytes;
	struct stat file;

	if (most <= 0 || stat(path, &file) != 0)
		return;
	say(check, file.st_size > most ? REMARK : FINE,
		"store %s takes %.1f MiB of at most %.1f MiB%s", path,
		(double)file.st_size / (1 << 20), (double)most / (1 << 20),
		file.st_size > most
			? "; the daemon removes the oldest texts that are not starred or labelled"
			: "");
}

enum { LOG_BYTES_MANY = 256 * 1024 * 1024 };

/* What was written since a reader began stays beside the store until it lets go. */
static void check_log(struct check *check, const char *path)
{
	char *log = xasprintf("%s-wal", path);
	struct stat file;

	if (stat(log, &file) == 0 && file.st_size > LOG_BYTES_MANY)
		say(check, REMARK,
			"%s has grown to %.0f MiB: some program has been reading the store for a "
			"long time; it shrinks when that ends",
			log, (double)file.st_size / (1 << 20));
	free(log);
}

static void check_store(struct check *check, bool is_thorough)
{
	const char *path = check->app.config->store_path;
	char *why = NULL, *advice = app_access_advice(path);
	enum status status = store_open(path, STORE_READ, &check->app.store, &why);
	struct store_watch watch = {progress_share, &check->progress};

	progress_start(&check->progress, "");
	progress_of_file(&check->progress, path);
	if (status == STATUS_OK && is_thorough)
		status = store_check(check->app.store, &watch, print_line, check);
	progress_clear(&check->progress);
	if (status == STATUS_NOT_FOUND)
		say(check, FINE, "store %s will be made by the daemon", path);
	else if (status == STATUS_OK)
		say(check, FINE, "store %s %s", path, is_thorough ? "is whole" : "opens");
	else if (why)
		say(check, WRONG, "store %s%s%s", log_visible(why),
			status == STATUS_CORRUPT ? "; if it was a store, " APP_RECOVER : "",
			advice);
	else if (status == STATUS_CORRUPT)
		say(check, WRONG, "store %s is damaged; " APP_RECOVER, path);
	else
		say(check, WRONG, "store %s: %s", path, status_text(status));
	if (status == STATUS_OK) {
		check_size(check, path);
		check_log(check, path);
	}
	free(advice);
	free(why);
}

static void ignore(void *context, const json_t *answer)
{
	(void)context;
	(void)answer;
}

static void check_daemon(struct check *check)
{
	int code = app_ask_daemon(
		&check->app, json_pack("{s:s}", "command", "status"), 10000, ignore, NULL);

	if (code == EX_OK)
		say(check, FINE, "a daemon runs and answers");
	else if (code == EX_UNAVAILABLE)
		say(check, FINE, "no daemon runs (%s)", check->app.config->control_path);
	else
		say(check, REMARK, "the daemon could not be asked");
}

int cmd_check(int argc, char **argv)
{
	static const struct option options[] = {
		{"store", no_argument, NULL, 's'}, {"quiet", no_argument, NULL, 'q'}, {0}};
	struct check check = {.is_quiet = cmd_is_quiet};
	bool is_thorough = false;
	int c, code;

	while ((c = cmd_option(argc, argv, "sq", options)) != -1) {
		switch (c) {
		case 's': is_thorough = true; break;
		case 'q': check.is_quiet = true; break;
		default: return EX_USAGE;
		}
	}
	if (optind != argc)
		return cmd_usage_error("it takes no arguments; --config FILE says which file");
	check_config(&check);
	if (!check.app.config) {
		app_close(&check.app);
		return EX_CONFIG;
	}
	check_matches(&check);
	code = check.wrong ? EX_CONFIG : EX_OK;
	check_files(&check);
	check_keep(&check);
	check_spool(&check);
	check_parser(&check);
	check_rules(&check);
	check_store(&check, is_thorough);
	check_daemon(&check);
	if (code == EX_OK && check.wrong)
		code = EX_DATAERR;
	app_close(&check.app);
	return code == EX_OK ? out_finish() : code;
}

/* errno tells why not. */
static bool is_folder_there(const char *path)
{
	char *folder = folder_of(path);
	int result = access(folder, W_OK | X_OK), error = errno;

	free(folder);
	errno = error;
	return result == 0;
}

int cmd_backup(int argc, char **argv)
{
	static const struct option options[] = {{0}};
	struct app app = {0};
	enum status status;
	struct progress progress;
	struct store_watch watch = {progress_share, &progress};
	int code;

	if (cmd_option(argc, argv, "", options) != -1)
		return EX_USAGE;
	if (optind != argc - 1)
		return cmd_usage_error("one FILE is needed, where the copy goes");
	if (access(argv[optind], F_OK) == 0)
		return cmd_error(EX_CANTCREAT, "%s is there already; a new name was meant",
			log_visible(argv[optind]));
	if (!is_folder_there(argv[optind]))
		return cmd_error(EX_CANTCREAT, "%s: %s; a folder that you may write in was meant",
			log_visible(argv[optind]), strerror(errno));
	code = app_open_store(&app);
	if (code == EX_OK) {
		progress_start(&progress, "");
		progress_of_file(&progress, app.config->store_path);
		status = store_backup(app.store, argv[optind], &watch);
		progress_clear(&progress);
		if (status != STATUS_OK)
			code = cmd_error(
				EX_IOERR, "%s: %s", log_visible(argv[optind]), status_text(status));
	}
	app_close(&app);
	return code;
}
