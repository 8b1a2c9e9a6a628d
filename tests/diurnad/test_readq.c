#include "diurnad/readq.h"

#include "core/mem.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
	struct ev_loop *loop;
	char folder[64], path[96];
} world;

struct question {
	struct readq_msg msg; /* first member */
	int fds[2];           /* it waits for a byte here; -1: for nothing */
	bool was_beside;      /* on another thread than the loop's */
	bool is_endless;
	pthread_t loop_thread;
	int result;
	int told;
	bool was_done;
};

static int setup(void **state)
{
	struct store *store;
	char *why = NULL;

	(void)state;
	snprintf(world.folder, sizeof(world.folder), "/tmp/diurna-readq.XXXXXX");
	assert_non_null(mkdtemp(world.folder));
	snprintf(world.path, sizeof(world.path), "%s/store", world.folder);
	assert_int_equal(store_open(world.path, STORE_WRITE, &store, &why), STATUS_OK);
	store_close(store);
	world.loop = ev_loop_new(EVFLAG_AUTO);
	return 0;
}

static int teardown(void **state)
{
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	char name[128];

	(void)state;
	ev_loop_destroy(world.loop);
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		snprintf(name, sizeof(name), "%s%s", world.path, suffixes[i]);
		unlink(name);
	}
	rmdir(world.folder);
	return 0;
}

static void work(struct store *store, struct readq_msg *msg)
{
	struct question *question = (struct question *)msg;
	const char *sql =
		question->is_endless
			? "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
			  "SELECT count(*) FROM n"
			: "SELECT count(*) FROM item";
	char byte;

	question->was_beside = !pthread_equal(pthread_self(), question->loop_thread);
	if (question->fds[0] >= 0)
		assert_int_equal(read(question->fds[0], &byte, 1), 1);
	question->result = sqlite3_exec(store_db(store), sql, NULL, NULL, NULL);
}

static void on_done(struct readq_msg *msg)
{
	struct question *question = (struct question *)msg;

	question->told++;
	question->was_done = msg->is_done;
	ev_break(world.loop, EVBREAK_ALL);
}

static void question_init(struct question *question)
{
	*question = (struct question){.msg = {.work = work, .done = on_done},
		.fds = {-1, -1},
		.loop_thread = pthread_self()};
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct question *question = timer->data;

	(void)loop, (void)events;
	assert_int_equal(write(question->fds[1], "x", 1), 1);
}

/* The question waits for what only the loop can do. */
static void the_loop_goes_on(void **state)
{
	struct readq *queue = readq_new(world.loop, world.path);
	struct question question;
	ev_timer timer;

	(void)state;
	question_init(&question);
	assert_int_equal(pipe(question.fds), 0);
	assert_non_null(queue);
	readq_put(queue, NULL, &question.msg);
	ev_timer_init(&timer, on_timer, 0.02, 0);
	timer.data = &question;
	ev_timer_start(world.loop, &timer);
	ev_run(world.loop, 0);
	assert_int_equal(question.told, 1);
	assert_true(question.was_done && question.was_beside);
	assert_int_equal(question.result, SQLITE_OK);
	readq_free(queue);
	close(question.fds[0]);
	close(question.fds[1]);
}

/* What has no end breaks off, what waits behind it comes back. */
static void an_end_waits_for_nobody(void **state)
{
	struct readq *queue = readq_new(world.loop, world.path);
	struct question endless, behind;

	(void)state;
	question_init(&endless);
	question_init(&behind);
	endless.is_endless = true;
	assert_non_null(queue);
	readq_put(queue, NULL, &endless.msg);
	readq_put(queue, NULL, &behind.msg);
	usleep(50 * 1000);
	readq_free(queue);
	assert_int_equal(endless.told, 1);
	assert_int_equal(behind.told, 1);
	assert_false(behind.was_done);
	if (endless.was_done)
		assert_int_equal(endless.result, SQLITE_INTERRUPT);
}

static void without_a_thread_it_is_done_at_once(void **state)
{
	struct question question;
	struct store *store;
	char *why = NULL;

	(void)state;
	question_init(&question);
	assert_null(readq_new(world.loop, "/nowhere/at/all"));
	assert_int_equal(store_open(world.path, STORE_READ, &store, &why), STATUS_OK);
	readq_put(NULL, store, &question.msg);
	assert_int_equal(question.told, 1);
	assert_true(question.was_done && !question.was_beside);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_loop_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(an_end_waits_for_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(
			without_a_thread_it_is_done_at_once, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
