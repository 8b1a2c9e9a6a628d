#include "diurnad/parsers.h"

#include "core/mem.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { JOBS = 40 };

static const char feed[] = "<rss version='2.0'><channel><title>T</title>"
			   "<item><title>A</title><link>http://e.example/a</link></item>"
			   "</channel></rss>";

struct tally {
	struct ev_loop *loop;
	int ended, good;
	int awaited; /* jobs */
};

static void on_done(void *context, enum status status, struct answer *answer)
{
	struct tally *tally = context;

	tally->ended++;
	tally->good +=
		status == STATUS_OK && answer->status == STATUS_OK && answer->feed.entry_count == 1;
	if (tally->ended == tally->awaited)
		ev_break(tally->loop, EVBREAK_ALL);
}

/* Our children, as the kernel lists them. */
static int children(int pids[], int max)
{
	char path[64];
	int count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	file = fopen(path, "re");
	while (file && count < max && fscanf(file, "%d", &pids[count]) == 1)
		count++;
	if (file)
		fclose(file);
	return count;
}

static void kill_one_child(struct ev_loop *loop, ev_timer *watcher, int events)
{
	int pid;

	(void)loop, (void)watcher, (void)events;
	if (children(&pid, 1))
		kill(pid, SIGKILL);
}

static const struct job job = {
	.kind = JOB_FEED,
	.url = "http://e.example/",
	.body = feed,
	.body_len = sizeof(feed) - 1,
	.entry_published = DATE_NONE,
};

static int run_jobs(double kill_after_s, struct tally *tally)
{
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
	struct parsers *parsers = parsers_new(loop, 2);
	ev_timer killer;
	int i;

	tally->loop = loop;
	tally->awaited = JOBS;
	ev_timer_init(&killer, kill_one_child, kill_after_s, 0);
	if (kill_after_s > 0)
		ev_timer_start(loop, &killer);
	for (i = 0; i < JOBS; i++)
		parsers_submit(parsers, &job, on_done, tally);
	ev_run(loop, 0);
	assert_int_equal(parsers_waiting(parsers), 0);
	assert_int_equal(parsers_bytes(parsers), 0);
	i = (int)parsers_alive(parsers);
	parsers_free(parsers);
	ev_loop_destroy(loop);
	return i;
}

static void every_job_ends_once(void **state)
{
	struct tally tally = {0};

	(void)state;
	assert_in_range(run_jobs(0, &tally), 1, 2);
	assert_int_equal(tally.ended, JOBS);
	assert_int_equal(tally.good, JOBS);
}

/* Wherever it hits, the job of the parser that was killed is tried again. */
static void a_killed_parser_costs_nothing(void **state)
{
	int i;

	(void)state;
	for (i = 1; i <= 5; i++) {
		struct tally tally = {0};

		run_jobs(0.002 * i, &tally);
		assert_int_equal(tally.ended, JOBS);
		assert_int_equal(tally.good, JOBS);
	}
}

/* It has ended, and still is to be taken notice of. */
static void kill_and_await(int pid)
{
	siginfo_t info;

	kill(pid, SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

/* All at once, in either order: the job goes to none that has ended and was not missed yet. */
static void parsers_killed_together_cost_nothing(void **state)
{
	enum { COUNT = 3 };

	(void)state;
	for (int order = 0; order < 2; order++) {
		struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
		struct parsers *parsers = parsers_new(loop, COUNT);
		struct tally tally = {.loop = loop, .awaited = COUNT};
		int pids[COUNT], i;

		for (i = 0; i < COUNT; i++)
			parsers_submit(parsers, &job, on_done, &tally);
		ev_run(loop, 0);
		assert_int_equal(tally.good, COUNT);
		assert_int_equal(children(pids, COUNT), COUNT);
		for (i = 0; i < COUNT; i++)
			kill(pids[i], SIGSTOP);
		tally.awaited = COUNT + 1;
		parsers_submit(parsers, &job, on_done, &tally);
		ev_run(loop, EVRUN_ONCE); /* it is in one of them */
		for (i = 0; i < COUNT; i++)
			kill_and_await(pids[order ? i : COUNT - 1 - i]);
		ev_run(loop, 0);
		assert_int_equal(tally.good, COUNT + 1);
		parsers_free(parsers);
		ev_loop_destroy(loop);
	}
}

int main(void)
{
	const char *build = getenv("DIURNA_BUILD_DIR");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_job_ends_once),
		cmocka_unit_test(a_killed_parser_costs_nothing),
		cmocka_unit_test(parsers_killed_together_cost_nothing),
	};
	char *path = xasprintf("%s/src/diurna-parse", build ? build : ".");

	setenv("DIURNA_PARSE", path, 1);
	free(path);
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
