#include "cli/progress.h"

#include "cli/cmd.h"
#include "cli/out.h"
#include "cli/when.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/date.h"
#include "core/str.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_MS = 1000, AGAIN_MS = 200, IDLE_MS = 900 };

/* Holds all below and the one that is followed. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct progress *followed; /* NULL: none */

static bool is_wanted(void)
{
	return !cmd_is_quiet && isatty(STDERR_FILENO);
}

/* In one write, and not beyond the end of the line, which could not be taken back. */
static void show_line(struct progress *progress, const char *text)
{
	progress->shown_ms = clock_monotonic_ms();
	progress->is_shown = true;
	fprintf(stderr, "\r\033[K%.*s", out_error_columns() - 1, text);
	fflush(stderr);
}

/* ", 2 min left" of what has taken so long for its share. */
static void put_left(struct buf *line, int64_t spent_ms, double share)
{
	char left[WHEN_BYTES];

	if (share > 0.01 && share < 1)
		buf_printf(line, ", %s left",
			date_span((int64_t)((double)spent_ms * (1 - share) / share / 1000) + 1,
				left));
}

/* ", 1.2 MiB a second", ", 2340 a second". */
static void put_rate(struct buf *line, const char *unit, double rate)
{
	buf_printf(line, ", %.*f %sa second", rate < 10 ? rate < 0.1 ? 2 : 1 : 0, rate, unit);
}

/* "3 of 5 feeds, 1.2 a second, 2 s left"; "0 of 5 feeds, 12 s so far". */
static void show_count(struct progress *progress)
{
	int64_t spent = clock_monotonic_ms() - progress->started_ms;
	struct buf line = {0};
	char so_far[WHEN_BYTES];

	if (progress->done > 0 || progress->total > 0)
		buf_printf(&line, "%lld", (long long)progress->done);
	if (progress->total > 0)
		buf_printf(&line, " of %lld", (long long)progress->total);
	buf_printf(&line, "%s%s", line.len ? " " : "", progress->what);
	if (progress->done > 0)
		put_rate(&line, "", (double)progress->done * 1000 / (double)(spent ? spent : 1));
	else
		buf_printf(&line, ", %s so far", date_span(spent / 1000, so_far));
	if (progress->total > 0)
		put_left(&line, spent, (double)progress->done / (double)progress->total);
	show_line(progress, buf_text(&line));
	buf_finish(&line);
}

static void *tick(void *nothing)
{
	const struct timespec second = {.tv_sec = 1};
	int64_t now;

	for (;;) {
		nanosleep(&second, NULL);
		pthread_mutex_lock(&lock);
		now = clock_monotonic_ms();
		if (followed && !followed->is_quiet && now - followed->started_ms >= FIRST_MS &&
			(!followed->is_shown || now - followed->shown_ms >= IDLE_MS))
			show_count(followed);
		pthread_mutex_unlock(&lock);
	}
	return nothing;
}

static void start(struct progress *progress, const char *what)
{
	int64_t now = clock_monotonic_ms();

	*progress = (struct progress){
		.what = what, .started_ms = now, .shown_ms = now + FIRST_MS - AGAIN_MS};
}

void progress_start(struct progress *progress, const char *what)
{
	pthread_mutex_lock(&lock);
	start(progress, what);
	pthread_mutex_unlock(&lock);
}

void progress_follow(struct progress *progress)
{
	static bool has_thread;
	pthread_t thread;

	pthread_mutex_lock(&lock);
	followed = progress;
	if (!has_thread && is_wanted() && pthread_create(&thread, NULL, tick, NULL) == 0) {
		pthread_detach(thread);
		has_thread = true;
	}
	pthread_mutex_unlock(&lock);
}

void progress_unfollow(void)
{
	pthread_mutex_lock(&lock);
	followed = NULL;
	pthread_mutex_unlock(&lock);
}

void progress_show(struct progress *progress, int64_t done, int64_t total)
{
	pthread_mutex_lock(&lock);
	progress->done = done;
	progress->total = total;
	progress->is_quiet = false;
	if (is_wanted() && clock_monotonic_ms() - progress->shown_ms >= AGAIN_MS)
		show_count(progress);
	pthread_mutex_unlock(&lock);
}

static void show_share(struct progress *progress, double share)
{
	int64_t spent = clock_monotonic_ms() - progress->started_ms;
	struct buf line = {0};

	buf_printf(&line, "%s: %.0f %%", progress->what, share * 100);
	if (progress->mib > 0 && spent > 0) {
		buf_printf(&line, " of %.0f MiB", progress->mib);
		put_rate(&line, "MiB ", progress->mib * share * 1000 / (double)spent);
	}
	put_left(&line, spent, share);
	show_line(progress, buf_text(&line));
	buf_finish(&line);
}

void progress_share(void *context, const char *what, double share)
{
	struct progress *progress = context;
	bool is_next = !str_eq(what, progress->what);

	pthread_mutex_lock(&lock);
	if (is_next) {
		/* What follows another piece of work is shown at once. */
		if (*progress->what)
			progress->shown_ms = 0;
		progress->what = what;
		progress->started_ms = clock_monotonic_ms();
	}
	if (is_wanted() && clock_monotonic_ms() - progress->shown_ms >= AGAIN_MS)
		show_share(progress, share);
	pthread_mutex_unlock(&lock);
}

void progress_of_file(struct progress *progress, const char *path)
{
	struct stat file;

	if (stat(path, &file) == 0)
		progress->mib = (double)file.st_size / (1024 * 1024);
}

void progress_clear(struct progress *progress)
{
	pthread_mutex_lock(&lock);
	if (progress->is_shown)
		fprintf(stderr, "\r\033[K");
	progress->is_shown = false;
	progress->is_quiet = true;
	pthread_mutex_unlock(&lock);
}
